"""DHCP options of single ports: which there are, and what their values may be."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from gureum.contracts.switch import DHCP_OPTIONS
from gureum.kernel.faults import Invalid
from gureum.network.port import Port

Option = Mapping[str, Any]
_MOST = {"default-ttl": 255, "tcp-ttl": 255, "mtu": 65535}
_TEXT = re.compile(r"[!#-\[\]-~]{1,255}")
"""Printable, without blanks, quotes and backslashes: OVN writes values into its flows as they stand."""


def versions(port: Port) -> set[int]:
    """The IP versions that a port has addresses of."""
    return {6 if ":" in one.ip_address else 4 for one in port.fixed_ips}


def check(port: Port) -> None:
    """Raise Invalid unless DHCP can tell the port's guest all of its options, as far as it has addresses of their version."""
    present = versions(port)
    for option in port.extra_dhcp_opts:
        known = DHCP_OPTIONS[option["ip_version"]]
        if option["opt_name"] not in known and not (present and option["ip_version"] not in present):
            raise _refused(f"DHCP option {option['opt_name']} is not supported for IPv{option['ip_version']}.")
        if option["ip_version"] in present and not fits(option):
            raise _refused(f"'{option['opt_value']}' is not a valid value of DHCP option {option['opt_name']}.")


def _refused(sentence: str) -> Invalid:
    return Invalid(f"Invalid input for extra_dhcp_opts. Reason: {sentence}", name="HTTPBadRequest")


def fits(option: Option) -> bool:
    """Whether DHCP of the option's IP version knows it and can tell its value."""
    version, name, value = option["ip_version"], option["opt_name"], str(option["opt_value"])
    kind = DHCP_OPTIONS[version].get(name)
    if kind == "address":
        return _is_address(version, value)
    if kind == "addresses":
        return all(_is_address(version, one.strip()) for one in value.split(","))
    if kind == "number":
        return value.isascii() and value.isdigit() and len(value) < 6 and int(value) <= _MOST[name]
    if kind == "switch":
        return value in ("0", "1")
    return kind is not None and _TEXT.fullmatch(value) is not None


def _is_address(version: int, value: str) -> bool:
    try:
        return ipaddress.ip_address(value).version == version
    except ValueError:
        return False


def merged(present: list[dict[str, Any]], asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Options after a change: those that are asked for are set, those asked for without a value go."""
    found = {(one["opt_name"], one["ip_version"]): one for one in [*present, *asked]}
    return [one for one in found.values() if one["opt_value"] is not None]
