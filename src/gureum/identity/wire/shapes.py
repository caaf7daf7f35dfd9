"""The kinds of values that bodies of this API are made of, as JSON Schema.

Most resources here keep attributes that nobody declared, so their bodies are shapes and not structs.
"""

from collections.abc import Mapping
from typing import Any

from gureum.kernel.http.schema import Shape

Schema = dict[str, Any]

_TRUE = (True, "True", "TRUE", "true", "", "1", "y", "Y", "on", "ON", "yes")
BOOLEAN: Schema = {
    "enum": [
        True,
        "True",
        "TRUE",
        "true",
        False,
        "False",
        "FALSE",
        "false",
        "",
        "1",
        "0",
        "y",
        "Y",
        "n",
        "N",
        "on",
        "ON",
        "off",
        "OFF",
        "yes",
        "no",
    ]
}
TEXT: Schema = {"type": "string"}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
ID: Schema = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[a-zA-Z0-9-]+$"}
ID_OR_NULL: Schema = ID | {"type": ["string", "null"]}
OPTION: Schema = {"type": ["boolean", "null"]}
TAG: Schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[^,/]*$"}
TAGS: Schema = {"type": "array", "items": TAG, "maxItems": 80, "uniqueItems": True}


def name(most: int = 255) -> Schema:
    """A name of at most so many characters, one of them no blank."""
    return {"type": "string", "minLength": 1, "maxLength": most, "pattern": r"[\S]+"}


def text(most: int, least: int = 0, *, null: bool = False) -> Schema:
    """A text of bounded length."""
    return {"type": ["string", "null"] if null else "string", "minLength": least, "maxLength": most}


def options(*names: str) -> Schema:
    """Resource options: the named switches and no others."""
    return {"type": "object", "properties": dict.fromkeys(names, OPTION), "additionalProperties": False}


def wrapped(
    key: str,
    properties: Mapping[str, Schema],
    *,
    required: tuple[str, ...] = (),
    closed: bool = False,
    least: int = 0,
    strange_first: bool = False,
) -> Shape:
    """The body `{key: {…}}`; undeclared attributes are kept unless `closed`.

    Of a wrong key in place of the right one the missing one is told, or with `strange_first` the strange one.
    """
    inner: Schema = {
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": not closed,
        "required": list(required),
        "minProperties": least,
    }
    rules: Schema = {"required": [key], "additionalProperties": False}
    ordered = dict(reversed(rules.items())) if strange_first else rules
    return Shape({"type": "object", "properties": {key: inner}} | ordered)


def truth(value: Any) -> bool:
    """What one of the spellings of BOOLEAN means."""
    return value in _TRUE
