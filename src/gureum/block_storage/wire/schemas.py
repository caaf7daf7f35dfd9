"""Pieces of request schemas. Sizes may be numbers in text, booleans any of many words, as upstream has them."""

from typing import Any

from jsonschema import FormatChecker

from gureum.kernel.faults import Invalid
from gureum.kernel.http.history import Version
from gureum.kernel.http.schema import Shapes
from gureum.kernel.numbers import natural

Schema = dict[str, Any]
TRUE = [True, "True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes", "y", "t"]
FALSE = [False, "False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no", "n", "f"]

BOOLEAN: Schema = {"type": ["boolean", "string"], "enum": [*TRUE, *FALSE]}
TEXT: Schema = {"type": ["string", "null"]}
TEXT_255: Schema = {"type": ["string", "null"], "minLength": 0, "maxLength": 255}
NAME_255: Schema = {"type": "string", "minLength": 1, "maxLength": 255}
UUID: Schema = {"type": "string", "format": "uuid"}
UUID_OR_NULL: Schema = {"oneOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]}
ACTION: Schema = {"type": ["object", "null"]}
METADATA: Schema = {
    "type": "object",
    "patternProperties": {"^[a-zA-Z0-9-_:. /]{1,255}$": {"type": "string", "maxLength": 255}},
    "additionalProperties": False,
}
SPECS: Schema = {
    "type": "object",
    "patternProperties": {"^[a-zA-Z0-9-_:.]{1,255}$": {"type": ["string", "null"], "minLength": 0, "maxLength": 255}},
    "additionalProperties": False,
}
_LARGEST = 2**31 - 1

formats = FormatChecker()


@formats.checks("size")
def _size(value: object) -> bool:
    """The bounds of a size, which jsonschema does not look at in text."""
    amount = natural(value) if isinstance(value, str) else None
    if amount is not None and not 1 <= amount <= _LARGEST:
        words = "less than the minimum of 1" if amount < 1 else f"greater than the maximum of {_LARGEST}"
        raise Invalid(f"Invalid input for field/attribute size. Value: {value}. {value} is {words}")
    return True


def size(*, nullable: bool) -> Schema:
    """A number of GiB."""
    types = ["integer", "string", "null"] if nullable else ["integer", "string"]
    return {"type": types, "pattern": "^[0-9]+$", "minimum": 1, "maximum": _LARGEST, "format": "size"}


def wrapped(key: str, inner: Schema, **more: Any) -> Schema:
    """{key: {…}} and nothing else."""
    return {
        "type": "object",
        "properties": {key: inner},
        "required": [key],
        "additionalProperties": False,
    } | more


def closed(properties: dict[str, Schema], *required: str) -> Schema:
    """An object with these properties and no others."""
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return found | ({"required": list(required)} if required else {})


def always(schema: Schema) -> Shapes:
    """A body whose schema never changed."""
    return Shapes(lambda _version: schema, formats)


def by_version(choose: Any) -> Shapes:
    """A body whose schema `choose(version)` gives."""

    def schema(version: Version) -> Schema:
        return choose(version)

    return Shapes(schema, formats)


def true(value: object) -> bool:
    """What a boolean of the schema means."""
    return value in TRUE
