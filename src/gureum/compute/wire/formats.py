"""Formats that compute's schemas name, as jsonschema checks them."""

import base64
import binascii
import ipaddress
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from jsonschema import FormatChecker

from gureum.kernel import clock
from gureum.kernel.faults import Invalid
from gureum.kernel.ids import is_uuid

FORMATS = FormatChecker(formats=())

_NAME = (
    "An invalid 'name' value was provided. The name must be: printable characters. "
    "Can not start or end with whitespace."
)


def _format(name: str, raises: Any = ()) -> Callable[[Callable[[str], bool]], Callable[[str], bool]]:
    def register(check: Callable[[str], bool]) -> Callable[[str], bool]:
        FORMATS.checks(name, raises)(lambda value: check(value) if isinstance(value, str) else True)
        return check

    return register


@_format("uuid")
def _uuid(value: str) -> bool:
    return is_uuid(value)


@_format("ipv4", ValueError)
def _ipv4(value: str) -> bool:
    return bool(ipaddress.IPv4Address(value))


@_format("ipv6", ValueError)
def _ipv6(value: str) -> bool:
    return "%" not in value and bool(ipaddress.IPv6Address(value))


@_format("base64", (ValueError, binascii.Error))
def _base64(value: str) -> bool:
    base64.b64decode("".join(value.split()), validate=True)
    return True


@_format("regex", re.error)
def _regex(value: str) -> bool:
    re.compile(value)
    return True


@_format("date-time", ValueError)
def _date_time(value: str) -> bool:
    clock.parse_iso(value)
    return True


@_format("name", Invalid)
def _name(value: str) -> bool:
    """Printable, with something in it, no white space around."""
    printable = all(unicodedata.category(char)[0] not in "CZ" or char == " " for char in value)
    if not value.strip() or value != value.strip() or not printable:
        raise Invalid(_NAME)
    return True
