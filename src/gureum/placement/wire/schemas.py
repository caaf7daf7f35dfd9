"""Bodies and queries as JSON Schema, and the voice in which placement refuses them: jsonschema's whole report."""

from collections.abc import Callable, Mapping
from typing import Any

from jsonschema import FormatChecker
from jsonschema.exceptions import best_match

from gureum.kernel.http.history import Version
from gureum.kernel.http.schema import Query, Shapes
from gureum.kernel.http.validator import Strict
from gureum.kernel.ids import is_uuid

Schema = dict[str, Any]

FORMATS = FormatChecker(())
UUID = {"type": "string", "format": "uuid"}
UUID_PATTERN = "^[0-9a-fA-F-]{36}$"
NAME_PATTERN = "^[A-Z0-9_]+$"
CUSTOM_PATTERN = "^CUSTOM_[A-Z0-9_]+$"


@FORMATS.checks("uuid")
def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or is_uuid(value)


class Body(Shapes):
    """A body."""

    empty = b""

    def __init__(self, schema: Callable[[Version], Schema]) -> None:
        super().__init__(schema, FORMATS)

    def judge(self, schema: Schema, formats: FormatChecker | None) -> Any:
        """jsonschema's validator of a schema."""
        return Strict(schema, format_checker=formats)

    def complaint(self, validator: Any, value: Any) -> str | None:
        """What is wrong with a body; None where nothing is."""
        found: Any = best_match(validator.iter_errors(value))
        return None if found is None else f"JSON does not validate: {_one_line(found)}"


class Parameters(Query):
    """The parameters of a query, of each the last value."""

    def __init__(self, schema: Callable[[Version], Schema]) -> None:
        super().__init__(schema, FORMATS)

    def judge(self, schema: Schema, formats: FormatChecker | None) -> Any:
        """jsonschema's validator of a schema."""
        return Strict(schema, format_checker=formats)

    def complaint(self, validator: Any, query: Mapping[str, list[str]]) -> str | None:
        """What is wrong with the parameters; None where nothing is."""
        found: Any = best_match(validator.iter_errors({name: values[-1] for name, values in query.items()}))
        return None if found is None else f"Invalid query string parameters: {_one_line(found)}"


def record(properties: Schema, *required: str) -> Schema:
    """An object of these properties and no other."""
    found: Schema = {"type": "object", "properties": properties}
    if required:
        found["required"] = list(required)
    return found | {"additionalProperties": False}


def _one_line(found: Any) -> str:
    return str(found).replace("\n", " ")
