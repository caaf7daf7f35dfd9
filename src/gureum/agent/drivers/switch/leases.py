"""What DHCP tells a port: its subnet's options, or a row of its own where it has some of its own besides."""

import ipaddress
import json
from collections.abc import Iterable, Sequence

import msgspec

from gureum.agent.drivers.switch.draft import Draft, Row, change, first, read
from gureum.contracts.switch import DHCP_OPTIONS, DhcpOption

_COLUMNS = (("dhcpv4_options", 4), ("dhcpv6_options", 6))
_OWN = "gureum:port"
_WORDS = {"server-ip-address": "next_server"}
"""OVN's names, where they are not upstream's with other dashes."""


def kept(own: Sequence[DhcpOption]) -> str:
    """A port's own options as its row remembers them."""
    return msgspec.json.encode(own).decode() if own else ""


def link(draft: Draft, port: Row, present: dict[str, Row]) -> None:
    """Give a guest's port the DHCP options of its subnets, as far as they are there, with its own besides."""
    known = read(port, "external_ids", {})
    rows = [present[subnet_id] for subnet_id in known.get("gureum:subnets", "").split() if subnet_id in present]
    said = known.get("gureum:dhcp", "")
    own = msgspec.json.decode(said, type=list[DhcpOption]) if said else []
    for column, version in _COLUMNS:
        found = first(row for row in rows if ipaddress.ip_network(row.cidr).version == version)
        _link(draft, port, column, found, [one for one in own if one.ip_version == version])


def _link(draft: Draft, port: Row, column: str, subnet: Row | None, own: Sequence[DhcpOption]) -> None:
    row = _own_row(port, column)
    if subnet is None or not own:
        change(port, column, [] if subnet is None else [subnet])
        if row is not None:
            row.delete()
        return
    if row is None:
        row = draft.make("DHCP_Options", external_ids={_OWN: port.name})
    change(row, "cidr", subnet.cidr)
    change(row, "options", {**read(subnet, "options", {}), **words(own)})
    change(port, column, [row])


def _own_row(port: Row, column: str) -> Row | None:
    row = first(read(port, column, []))
    return row if row is not None and _OWN in read(row, "external_ids", {}) else None


def forget(port: Row) -> None:
    """Take a port's own rows away, before the port goes."""
    for column, _ in _COLUMNS:
        row = _own_row(port, column)
        if row is not None:
            row.delete()


def words(own: Iterable[DhcpOption]) -> dict[str, str]:
    """Options in OVN's words."""
    return {_WORDS.get(one.name, one.name.replace("-", "_")): _value(one) for one in own}


def _value(option: DhcpOption) -> str:
    kind = DHCP_OPTIONS[option.ip_version][option.name]
    if kind == "addresses":
        found = [str(ipaddress.ip_address(one.strip())) for one in option.value.split(",")]
        return found[0] if len(found) == 1 else "{" + ", ".join(found) + "}"
    if kind == "text" or (kind == "host" and not _is_address(option.value)):
        return json.dumps(option.value)
    return option.value


def _is_address(value: str) -> bool:
    try:
        return ipaddress.ip_address(value).version == 4
    except ValueError:
        return False
