"""Values of attributes: each function takes (attribute name, value) and returns the value as it is kept, or raises Invalid."""

import ipaddress
import re
from collections.abc import Callable, Sequence
from typing import Any

from gureum.kernel.faults import Invalid
from gureum.kernel.ids import is_uuid
from gureum.network.faults import invalid_input

Check = Callable[[str, Any], Any]
_MAC = re.compile(r"[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\Z")


def refuse(name: str, reason: str) -> Invalid:
    """The sentence about a wrong attribute."""
    return Invalid(f"Invalid input for {name}. Reason: {reason}.", name="HTTPBadRequest")


def text(most: int = 255) -> Check:
    """A text of at most `most` characters, not of blanks alone."""

    def check(name: str, value: Any) -> str:
        good = isinstance(value, str) and "\0" not in value and (not value or bool(value.strip()))
        if not good or any(ord(char) > 0xFFFF for char in value):
            raise refuse(name, f"'{value}' is not a valid string")
        if len(value) > most:
            raise refuse(name, f"'{value}' exceeds maximum length of {most}")
        return str(value)

    return check


def boolean(_name: str, value: Any) -> bool:
    """true, false, or one of the texts and numbers that stand for them."""
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if isinstance(value, str | int) and word in ("true", "1"):
        return True
    if isinstance(value, str | int) and word in ("false", "0"):
        return False
    raise invalid_input(f"'{value}' cannot be converted to boolean")


def integer(_name: str, value: Any) -> int:
    """A whole number, also as text."""
    if isinstance(value, int | str):
        try:
            return int(value)
        except ValueError:
            pass
    raise invalid_input(f"'{value}' is not an integer")


def not_negative(name: str, value: Any) -> int:
    """A whole number from 0."""
    number = integer(name, value)
    if number < 0:
        raise refuse(name, f"'{value}' should be non-negative")
    return number


def within(least: int, most: int) -> Check:
    """A whole number in bounds."""

    def check(name: str, value: Any) -> int:
        number = integer(name, value)
        if number < least:
            raise refuse(name, f"'{number}' is too small - must be at least '{least}'")
        if number > most:
            raise refuse(name, f"'{number}' is too large - must be no larger than '{most}'")
        return number

    return check


def uuid(name: str, value: Any) -> str:
    """An id."""
    if not (isinstance(value, str) and is_uuid(value)):
        raise refuse(name, f"'{value}' is not a valid UUID")
    return value


def one_of(*values: Any) -> Check:
    """One of a few values."""

    def check(name: str, value: Any) -> Any:
        if value not in values:
            raise refuse(name, f"{value} is not in valid_values")
        return value

    return check


def or_none(check: Check) -> Check:
    """What `check` takes, or null."""

    def either(name: str, value: Any) -> Any:
        return None if value is None else check(name, value)

    return either


def address(name: str, value: Any) -> str:
    """An IP address, in its usual form."""
    try:
        if isinstance(value, str) and "/" not in value:
            return str(ipaddress.ip_address(value))
    except ValueError:
        pass
    raise refuse(name, f"'{value}' is not a valid IP address")


def mac(name: str, value: Any) -> str:
    """A MAC that an interface can have."""
    word = str(value).lower()
    if not _MAC.match(word) or word.replace("-", ":") in ("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"):
        raise refuse(name, f"'{value}' is not a valid MAC address")
    return word.replace("-", ":")


def cidr(_name: str, value: Any) -> str:
    """A range of addresses, as it was written."""
    try:
        if isinstance(value, str):
            ipaddress.ip_network(value, strict=False)
            return value
    except ValueError:
        pass
    raise invalid_input(f"{value} is not in a CIDR format")


def destination(name: str, value: Any) -> str:
    """A range of addresses that a route leads to."""
    try:
        if isinstance(value, str) and "/" in value:
            return str(ipaddress.ip_network(value))
    except ValueError:
        pass
    raise refuse(name, f"'{value}' is not a valid CIDR")


def dictionary(name: str, value: Any) -> dict[str, Any]:
    """An object of any content; null is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise refuse(name, f"'{value}' is not a dictionary")
    return value  # pyright: ignore[reportUnknownVariableType]


def items(value: Any) -> list[Any] | None:
    """The items of a list, or None for what is no list."""
    return list(value) if isinstance(value, list) else None  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def uuids(name: str, value: Any) -> list[str]:
    """A list of ids, each once; null is an empty one."""
    if value is None:
        return []
    found = items(value)
    if found is None:
        raise refuse(name, f"'{value}' is not a list")
    for one in found:
        uuid(name, one)
    _each_once(name, found, "Duplicate items in the list: '{}'")
    return found


def _each_once(name: str, values: Sequence[Any], sentence: str) -> None:
    seen: list[Any] = []
    for value in values:
        if value in seen:
            raise refuse(name, sentence.format(value))
        seen.append(value)


def keys_of(name: str, value: Any, expected: str, *names: str) -> dict[str, Any]:
    """An object with exactly these keys."""
    one = dictionary(name, value)
    if set(one) != set(names):
        provided = "{" + ", ".join(repr(key) for key in one) + "}" if one else "set()"
        raise refuse(
            name, f"Validation of dictionary's keys failed. Expected keys: {expected} Provided keys: {provided}"
        )
    return one


def pools(name: str, value: Any) -> list[dict[str, str]]:
    """Allocation pools."""
    found = items(value)
    if found is None:
        raise invalid_input("Invalid data format for allocation pools")
    checked: list[dict[str, str]] = []
    for one in found:
        pool = keys_of(name, one, "{'start', 'end'}", "start", "end")
        checked.append({end: address(name, pool[end]) for end in ("start", "end")})
    return checked


def nameservers(name: str, value: Any) -> list[str]:
    """Addresses of DNS servers, in order."""
    if value is None:
        return []
    found = list(value) if isinstance(value, str) else items(value)
    if found is None:
        raise refuse(name, f"Invalid data format for nameserver: '{value}'")
    checked: list[str] = []
    for one in found:
        try:
            checked.append(address(name, one))
        except Invalid:
            raise refuse(name, f"'{one}' is not a valid nameserver. '{one}' is not a valid IP address") from None
    _each_once(name, checked, "Duplicate nameserver '{}'")
    return checked


def routes(name: str, value: Any) -> list[dict[str, str]]:
    """Routes: destination and next hop."""
    if value is None:
        return []
    found = items(value)
    if found is None:
        raise refuse(name, f"Invalid data format for hostroute: '{value}'")
    checked: list[dict[str, str]] = []
    for one in found:
        route = keys_of(name, one, "{'nexthop', 'destination'}", "nexthop", "destination")
        checked.append(
            {
                "destination": destination(name, route["destination"]),
                "nexthop": address(name, route["nexthop"]),
            }
        )
    _each_once(name, checked, "Duplicate hostroute '{}'")
    return checked


def fixed_ips(name: str, value: Any) -> list[dict[str, str]]:
    """Addresses that a port shall have: {"subnet_id"?, "ip_address"?}."""
    if value is None:
        return []
    found = items(value)
    if found is None:
        raise refuse(name, f"Invalid data format for fixed IP: '{value}'")
    checked: list[dict[str, str]] = []
    for one in found:
        if not isinstance(one, dict):
            raise refuse(name, f"Invalid data format for fixed IP: '{one}'")
        wish: dict[str, str] = {}
        if "ip_address" in one:
            wish["ip_address"] = address(name, one["ip_address"])
        if "subnet_id" in one:
            wish["subnet_id"] = uuid(name, one["subnet_id"])
        checked.append(wish)
    named = [wish["ip_address"] for wish in checked if "ip_address" in wish]
    _each_once(name, named, "Duplicate IP address '{}'")
    return checked


def strings(name: str, value: Any) -> list[str]:
    """A list of texts."""
    found = items(value)
    if found is None:
        raise refuse(name, f"'{value}' is not a list")
    return [text()(name, one) for one in found]
