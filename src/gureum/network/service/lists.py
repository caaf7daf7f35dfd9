"""The lists of all resources."""

import ipaddress
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from gureum.kernel.caller import Caller
from gureum.kernel.store.tx import Tx
from gureum.network import faults
from gureum.network.floating_ip import FloatingIp
from gureum.network.network import Network
from gureum.network.port import Port
from gureum.network.router import Router
from gureum.network.security_group import SecurityGroup, SecurityRule
from gureum.network.service import access, listing
from gureum.network.service import floating_ips as floating_door
from gureum.network.service import networks as network_door
from gureum.network.service import ports as port_door
from gureum.network.service import routers as router_door
from gureum.network.service import security_groups as group_door
from gureum.network.service import security_rules as rule_door
from gureum.network.service import subnets as subnet_door
from gureum.network.service.listing import Listing, Query
from gureum.network.store import floating_ips as floating_store
from gureum.network.store import networks as network_store
from gureum.network.store import ports as port_store
from gureum.network.store import routers as router_store
from gureum.network.store import security_groups as group_store
from gureum.network.store import subnets as subnet_store
from gureum.network.store.standard import contains
from gureum.network.subnet import Subnet

PortDetails = dict[str, Any]
"""What a floating IP tells of its port."""

_nets, _ports, _subs = network_store.networks, port_store.ports, subnet_store.subnets
_floats, _held = floating_store.floating_ips, port_store.addresses

_PROVIDER = {
    "provider:network_type": _nets.c.network_type,
    "provider:physical_network": _nets.c.physical_network,
    "provider:segmentation_id": _nets.c.segmentation_id,
}

NETWORKS = Listing(
    _nets,
    listing.standard(
        _nets,
        "name",
        "admin_state_up",
        "shared",
        "is_default",
        "mtu",
        "port_security_enabled",
        status=sa.literal("ACTIVE"),
    )
    | {"router:external": _nets.c.external}
    | _PROVIDER,
    listing.tags(_nets),
    faults.network_not_found,
)


def networks(tx: Tx, caller: Caller, query: Query) -> tuple[list[Network], dict[str, list[str]]]:
    """Networks, and the ids of their subnets by network."""
    visible = network_door.reach(caller)
    if not access.allows(caller, "get_network:provider:network_type", {}) and query.filters.keys() & _PROVIDER.keys():
        visible = sa.false()
    found = [network_store.from_row(row) for row in listing.select(tx, NETWORKS, sa.select(_nets), query, visible)]
    return found, subnet_store.ids_by_network(tx, [network.id for network in found])


SUBNETS = Listing(
    _subs,
    listing.standard(
        _subs,
        "name",
        "network_id",
        "ip_version",
        "cidr",
        "gateway_ip",
        "enable_dhcp",
        "ipv6_ra_mode",
        "ipv6_address_mode",
        shared=_nets.c.shared,
        subnetpool_id=sa.null(),
    )
    | {"router:external": _nets.c.external},
    listing.tags(_subs),
)


def subnets(tx: Tx, caller: Caller, query: Query) -> list[tuple[Subnet, bool]]:
    """Subnets, each with whether its network is external."""
    base = sa.select(_subs, _nets.c.external.label("net_external")).join(_nets, _nets.c.id == _subs.c.network_id)
    rows = listing.select(tx, SUBNETS, base, query, subnet_door.reach(caller))
    names = _subs.c.keys()
    return [(Subnet(**{name: row._mapping[name] for name in names}), row.net_external) for row in rows]


def _by_fixed_ip(values: Sequence[str]) -> sa.ColumnElement[bool]:
    """key=value pairs: addresses, parts of addresses, subnets."""
    wanted: dict[str, list[str]] = {}
    for value in values:
        key, equals, rest = value.partition("=")
        if not equals:
            raise faults.invalid_input(f"'{value}' is not of the form <key>=[value]")
        wanted.setdefault(key, []).append(rest)
    conditions: list[sa.ColumnElement[bool]] = []
    if "ip_address" in wanted:
        conditions.append(_held.c.ip_address.in_([_usual(one) for one in wanted["ip_address"]]))
    if "subnet_id" in wanted:
        conditions.append(_held.c.subnet_id.in_(wanted["subnet_id"]))
    for part in wanted.get("ip_address_substr", []):
        conditions.append(_held.c.ip_address.contains(part, autoescape=True))
    return _ports.c.id.in_(sa.select(_held.c.port_id).where(*conditions))


def _usual(address: str) -> str:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return address


def _in_groups(values: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.or_(*(contains(_ports.c.security_groups, value) for value in values))


PORTS = Listing(
    _ports,
    listing.standard(
        _ports,
        "name",
        "network_id",
        "mac_address",
        "admin_state_up",
        "status",
        "device_id",
        "device_owner",
        "port_security_enabled",
    )
    | {"binding:host_id": _ports.c.host_id, "binding:vnic_type": _ports.c.vnic_type},
    {**listing.tags(_ports), "fixed_ips": _by_fixed_ip, "security_groups": _in_groups},
    faults.port_not_found,
)


def ports(tx: Tx, caller: Caller, query: Query) -> list[Port]:
    """Ports."""
    rows = listing.select(tx, PORTS, sa.select(_ports), query, port_door.reach(caller))
    return port_store.with_addresses(tx, rows)


ROUTERS = Listing(
    router_store.routers,
    listing.standard(router_store.routers, "name", "admin_state_up", "status"),
    listing.tags(router_store.routers),
    faults.router_not_found,
)


def routers(tx: Tx, caller: Caller, query: Query) -> list[Router]:
    """Routers."""
    base = sa.select(router_store.routers)
    return router_store.with_gateways(tx, listing.select(tx, ROUTERS, base, query, router_door.reach(caller)))


FLOATING_IPS = Listing(
    _floats,
    listing.standard(
        _floats,
        "floating_network_id",
        "floating_ip_address",
        "port_id",
        "fixed_ip_address",
        "router_id",
        "status",
    ),
    listing.tags(_floats),
)
_DETAILS = ("name", "network_id", "mac_address", "admin_state_up", "status", "device_id", "device_owner")


def floating_ips(tx: Tx, caller: Caller, query: Query) -> list[tuple[FloatingIp, PortDetails | None]]:
    """Floating IPs, each with the details of its port."""
    details = [_ports.c[name].label(f"port__{name}") for name in _DETAILS]
    base = sa.select(_floats, *details).outerjoin(_ports, _ports.c.id == _floats.c.port_id)
    rows = listing.select(tx, FLOATING_IPS, base, query, floating_door.reach(caller))
    return [(floating_store.from_row(row), _details(row)) for row in rows]


def _details(row: Any) -> PortDetails | None:
    if row.port_id is None or row.port__name is None:
        return None
    return {name: row._mapping[f"port__{name}"] for name in _DETAILS}


def port_details(tx: Tx, floating: FloatingIp) -> PortDetails | None:
    """The details of one floating IP's port."""
    port = None if floating.port_id is None else port_store.find(tx, floating.port_id)
    return None if port is None else {name: getattr(port, name) for name in _DETAILS}


_groups, _rules = group_store.groups, group_store.rules

SECURITY_GROUPS = Listing(
    _groups,
    listing.standard(_groups, "name", shared=sa.literal(False)),
    listing.tags(_groups),
)


def security_groups(tx: Tx, caller: Caller, query: Query) -> list[SecurityGroup]:
    """Security groups with their rules."""
    base = sa.select(_groups)
    return group_store.with_rules(tx, listing.select(tx, SECURITY_GROUPS, base, query, group_door.reach(caller)))


def _any_protocol(values: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.or_(*(_rules.c.protocol == value if value else _rules.c.protocol.is_(None) for value in values))


SECURITY_RULES = Listing(
    _rules,
    listing.standard(
        _rules,
        "security_group_id",
        "remote_group_id",
        "direction",
        "protocol",
        "port_range_min",
        "port_range_max",
        "ethertype",
        "remote_ip_prefix",
        belongs_to_default_sg=_groups.c.is_default,
    ),
    {"protocol": _any_protocol},
)


def security_rules(tx: Tx, caller: Caller, query: Query) -> list[tuple[SecurityRule, bool]]:
    """Rules, each with whether its group is a project's default one."""
    base = sa.select(_rules, _groups.c.is_default).join(_groups, _groups.c.id == _rules.c.security_group_id)
    rows = listing.select(tx, SECURITY_RULES, base, query, rule_door.reach(caller))
    return [(group_store.rule_from_row(row), row.is_default) for row in rows]
