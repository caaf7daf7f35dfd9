"""Formats that schemas of servers name, as jsonschema checks them; importing this module makes them known."""

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from typing import Any

from gureum.compute.wire.values import FORMATS
from gureum.kernel import clock
from gureum.kernel.ids import is_uuid

__all__ = ["FORMATS"]


_ESCAPED_OR_CLASS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]])*\]", re.DOTALL)
_REPEATED_GROUP = re.compile(r"\)[*+?{]")
_BACK = re.compile(r"\\[1-9]|\(\?P=")


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
    """A regular expression that is cheap whatever it is tried on: others would hold up everybody."""
    re.compile(value)
    plain = _ESCAPED_OR_CLASS.sub("x", value)
    several, optional = len(re.findall(r"[*+{]", plain)), len(re.findall(r"(?<!\()\?", plain))
    return several <= 2 and optional <= 4 and _REPEATED_GROUP.search(plain) is None and _BACK.search(value) is None


@_format("date-time", ValueError)
def _date_time(value: str) -> bool:
    clock.parse_iso(value)
    return True


def canonical(address: str | None) -> str | None:
    """An IP address in its shortest form (RFC 5952), as it is kept and shown; what is empty or None stays so."""
    return str(ipaddress.ip_address(address)) if address else address
