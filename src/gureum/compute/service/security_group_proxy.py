"""Security groups by way of the compute API: the network service's doors, in this service's words."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid
from gureum.kernel.ids import is_uuid
from gureum.kernel.store.tx import Tx
from gureum.network.security_group import SecurityGroup, SecurityRule
from gureum.network.service import default_groups, lists
from gureum.network.service import security_groups as door
from gureum.network.service import security_rules as rule_door
from gureum.network.service.listing import Query

_PROTOCOLS = ("icmp", "tcp", "udp")
_MOST_PORT = 65535


@dataclass(frozen=True, slots=True)
class NewRule:
    """What may come in: from a range of addresses, or from the members of a group."""

    group_id: str
    protocol: str | None = None
    low: int | None = None
    high: int | None = None
    cidr: str | None = None
    remote_group_id: str | None = None


def groups(tx: Tx, caller: Caller, *, everybodys: bool) -> list[SecurityGroup]:
    """The project's groups, or everybody's as far as the caller sees them."""
    query = Query() if everybodys else Query(filters={"project_id": [caller.project_id or ""]})
    return lists.security_groups(tx, caller, query)


def must_have_default(tx: Tx, caller: Caller) -> None:
    """Make the project's default group, where nothing needed it yet."""
    if caller.project_id:
        default_groups.ensure(tx, caller.project_id)


def has_default(tx: Tx, caller: Caller) -> bool:
    """Whether that is done."""
    return not caller.project_id or default_groups.exists(tx, caller.project_id)


def get(tx: Tx, caller: Caller, id: str) -> SecurityGroup:
    """A group. Raises NotFound, Invalid for what is no id."""
    must_be_id(id, "Security group id should be uuid")
    return door.get(tx, caller, id)


def must_be_id(id: str, otherwise: str) -> None:
    """Raise Invalid for what is no id."""
    if not is_uuid(id):
        raise Invalid(otherwise)


def create(tx: Tx, caller: Caller, name: str, description: str) -> SecurityGroup:
    """A new group. Raises Forbidden, OverQuota, Invalid for a second `default`."""
    values = {"project_id": caller.project_id or "", "name": name, "description": description}
    try:
        return door.create(tx, caller, values)
    except Conflict as fault:
        raise Invalid(fault.message) from None


def update(tx: Tx, caller: Caller, id: str, name: str, description: str) -> SecurityGroup:
    """Name and describe a group anew. Raises NotFound, Forbidden."""
    get(tx, caller, id)
    return door.update(tx, caller, id, {"name": name, "description": description})


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Remove a group. Raises NotFound, Forbidden, Conflict for one that is in use."""
    get(tx, caller, id)
    door.delete(tx, caller, id)


def delete_rule(tx: Tx, caller: Caller, id: str) -> None:
    """Remove a rule. Raises NotFound, Forbidden."""
    must_be_id(id, "Security group rule id should be uuid")
    rule_door.delete(tx, caller, id)


def create_rule(tx: Tx, caller: Caller, asked: NewRule) -> SecurityRule:
    """A new rule. Raises NotFound for its group, Invalid for what goes not together or is there already, OverQuota."""
    values = _values(asked)
    door.get(tx, caller, asked.group_id)
    try:
        return rule_door.create(tx, caller, [values])[0][0]
    except Conflict:
        raise Invalid(f"This rule already exists in group {asked.group_id}") from None


def _values(asked: NewRule) -> dict[str, Any]:
    protocol, low, high = _checked(asked)
    network = None if asked.remote_group_id is not None else _range(asked.cidr)
    return {
        "security_group_id": asked.group_id,
        "direction": "ingress",
        "ethertype": "IPv6" if network is not None and network.version == 6 else "IPv4",
        "protocol": protocol,
        "port_range_min": low,
        "port_range_max": high,
        "remote_ip_prefix": None if network is None or network.prefixlen == 0 else str(network),
        "remote_group_id": asked.remote_group_id,
    }


def _range(cidr: str | None) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    if not cidr:
        return None
    try:
        return ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        raise Invalid(f"Invalid cidr {cidr}.") from None


def _checked(asked: NewRule) -> tuple[str | None, int | None, int | None]:
    """Protocol and ports; a group lets all of its members' traffic in where nothing is said. Raises Invalid."""
    protocol, low, high = asked.protocol, asked.low, asked.high
    if protocol is None and low is None and high is None and asked.remote_group_id is not None:
        return None, None, None
    if protocol is None or low is None or high is None:
        raise Invalid("Not enough parameters to build a valid rule.")
    protocol = protocol.lower()
    if protocol not in _PROTOCOLS:
        raise Invalid(f"Invalid IP protocol {asked.protocol}.")
    if protocol == "icmp":
        return _icmp(low, high)
    if low > high:
        raise _bad_range(low, high, "Former value cannot be greater than the later")
    if low < 1 or high > _MOST_PORT:
        raise _bad_range(low, high, "Valid TCP ports should be between 1-65535")
    return protocol, low, high


def _icmp(kind: int, code: int) -> tuple[str, int | None, int | None]:
    if not (-1 <= kind <= 255 and -1 <= code <= 255) or (kind == -1 and code != -1):
        raise _bad_range(kind, code, "For ICMP, the type:code must be valid")
    return "icmp", None if kind == -1 else kind, None if code == -1 else code


def _bad_range(low: int, high: int, why: str) -> Invalid:
    return Invalid(f"Invalid port range {low}:{high}. {why}")


def sliced(found: Sequence[SecurityGroup], limit: int | None, offset: int) -> Sequence[SecurityGroup]:
    """A part of a list, by name as it always was."""
    ordered = sorted(found, key=lambda group: (group.project_id, group.name))
    return ordered[offset:] if limit is None else ordered[offset : offset + limit]
