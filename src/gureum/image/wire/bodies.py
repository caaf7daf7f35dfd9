"""Reading bodies, and refusing them in the words of the schema."""

from functools import cache
from typing import Any, cast

from jsonschema.exceptions import best_match
from jsonschema.protocols import Validator

from gureum.image.wire import schemas
from gureum.kernel.faults import Invalid
from gureum.kernel.http.schema import parse_json, parse_nan
from gureum.kernel.http.validator import Strict

MOST = 2**31 - 1


def parse(raw: bytes) -> Any:
    """The JSON object or list of a body. Raises Invalid.

    It may hold NaN and infinities: no attribute of an image or member may be one, and their checks say so.
    """
    if not raw:
        raise Invalid("Body expected in request.")
    value = parse_nan(raw) or parse_json(raw)
    if not isinstance(value, dict | list):
        raise Invalid("Unexpected body type. Expected list/dict.")
    return cast(Any, value)


def none(raw: bytes) -> None:
    """Raise Invalid for a body where none belongs."""
    if raw:
        raise Invalid("A body is not expected with this request.")


def check_image(value: dict[str, Any]) -> None:
    """Raise Invalid for attributes of an image that the schema or the database does not allow."""
    error = best_match(_validator().iter_errors(value))
    if error is not None:
        raise Invalid(f"Provided object does not match schema 'image': {error}")
    for name in ("min_disk", "min_ram"):
        amount = value.get(name, 0)
        if amount < 0:
            raise Invalid(f"Invalid value '{amount}' for parameter '{name}': Cannot be a negative value")
        if amount > MOST:
            raise Invalid(f"Invalid value '{amount}' for parameter '{name}': Cannot be greater than {MOST}")
    if any(ord(letter) > 0xFFFF for letter in value.get("name") or ""):
        raise Invalid("Name can't contain 4 byte unicode characters.")


@cache
def _validator() -> Validator:
    return Strict(schemas.IMAGE)
