"""The kinds of values that bodies and queries of this API are made of, as JSON Schema, and how times are shown.

The order of the keys matters: of two complaints about one value, jsonschema tells the first.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any

from jsonschema import FormatChecker

from gureum.kernel.clock import SECOND, Micros, iso_micros
from gureum.kernel.faults import Invalid
from gureum.kernel.http.history import Version

Schema = dict[str, Any]

FORMATS = FormatChecker(())
STRICT_QUERIES: Version = (2, 75)
"""From here on unknown query parameters are refused."""
_TRUE = (True, "True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes")
_FALSE = (False, "False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no")

BOOLEAN: Schema = {"type": ["boolean", "string"], "enum": [*_TRUE, *_FALSE]}
NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 255, "format": "name"}
TEXT: Schema = {"type": "string"}
PROJECT: Schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[a-zA-Z0-9-]*$"}
HOSTNAME: Schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[a-zA-Z0-9-._]*$"}
NATURAL: Schema = {"type": ["integer", "string"], "pattern": "^[0-9]*$", "minimum": 0, "minLength": 1}


def number(least: int, most: int = 2**31 - 1) -> Schema:
    """A whole number, perhaps as text."""
    pattern = "^-?[0-9]+$" if least < 0 else "^[0-9]+$"
    return {"type": ["integer", "string"], "pattern": pattern, "minimum": least, "maximum": most}


def wrapped(key: str, properties: Mapping[str, Schema], *, required: tuple[str, ...] = (), **more: Any) -> Schema:
    """The body `{key: {…}}` without further keys."""
    return {
        "type": "object",
        "properties": {key: closed(properties, required=required, **more)},
        "required": [key],
        "additionalProperties": False,
    }


def closed(properties: Mapping[str, Schema], *, required: tuple[str, ...] = (), **more: Any) -> Schema:
    """An object without further keys."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
        **more,
    }


def many(value: Schema) -> Schema:
    """A query parameter that may be given several times."""
    return {"type": "array", "items": value}


def single(value: Schema) -> Schema:
    """A query parameter that may be given once."""
    return {"type": "array", "items": value, "maxItems": 1}


def parameters(version: Version, strict: Version = STRICT_QUERIES, /, **known: Schema) -> Schema:
    """The schema of a query string; others than the known parameters are refused from `strict` on."""
    return {"type": "object", "properties": known, "additionalProperties": version < strict}


def truth(value: Any) -> bool:
    """What one of the spellings of BOOLEAN means."""
    return value in _TRUE


def moment(when: Micros | None) -> str | None:
    """2026-11-20T17:57:06.000000: a time as most of this API shows it, cut to the second."""
    return None if when is None else iso_micros(when - when % SECOND)


@FORMATS.checks("name", raises=Invalid)
def _is_name(value: object) -> bool:
    if isinstance(value, str) and value and (value != value.strip() or not all(map(_printable, value))):
        raise Invalid(
            "An invalid 'name' value was provided. The name must be: printable characters. "
            "Can not start or end with whitespace."
        )
    return True


@FORMATS.checks("name with blanks around", raises=Invalid)
def _is_name_with_blanks(value: object) -> bool:
    if isinstance(value, str) and value and not (value.strip() and all(map(_printable, value))):
        raise Invalid(
            "An invalid 'name' value was provided. The name must be: printable characters with at least one non "
            "space character"
        )
    return True


@FORMATS.checks("zone name")
def _is_zone_name(value: object) -> bool:
    return not isinstance(value, str) or (":" not in value and value == value.strip() and all(map(_printable, value)))


def _printable(character: str) -> bool:
    category = unicodedata.category(character)
    return ord(character) <= 0xFFFF and (category[0] not in "CZ" or category == "Zs")
