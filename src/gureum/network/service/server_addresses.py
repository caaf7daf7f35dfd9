"""Servers' addresses, groups and network metadata, as the compute service shows them."""

import ipaddress
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from gureum.kernel.store.tx import Tx
from gureum.network.network import Network
from gureum.network.port import Port
from gureum.network.settings import settings
from gureum.network.store import floating_ips, security_groups, subnets
from gureum.network.store import networks as network_store
from gureum.network.store import ports as store
from gureum.network.subnet import Subnet

_ports, _held, _nets, _floats = store.ports, store.addresses, network_store.networks, floating_ips.floating_ips
_ADDRESSES = (
    sa.select(_ports.c.device_id, _ports.c.mac_address, _nets.c.name, _held.c.ip_address, _floats.c.floating_ip_address)
    .join(_held, _held.c.port_id == _ports.c.id)
    .join(_nets, _nets.c.id == _ports.c.network_id)
    .outerjoin(_floats, sa.and_(_floats.c.port_id == _ports.c.id, _floats.c.fixed_ip_address == _held.c.ip_address))
    .where(_ports.c.device_id.in_(sa.bindparam("servers", expanding=True)))
    .order_by(_ports.c.device_place, _ports.c.created_at, _ports.c.id, _held.c.position)
)
_GROUPS = (
    sa.select(_ports.c.device_id, _ports.c.security_groups)
    .where(_ports.c.device_id.in_(sa.bindparam("servers", expanding=True)))
    .order_by(_ports.c.device_place, _ports.c.created_at)
)


def addresses(tx: Tx, server_ids: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """By server, in the order of its ports: {network, address, version, mac, type: fixed or floating}."""
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in tx.all(_ADDRESSES, servers=list(server_ids)):
        plain = {"network": row.name, "mac": row.mac_address}
        for address, kind in ((row.ip_address, "fixed"), (row.floating_ip_address, "floating")):
            if address is not None:
                version = 6 if ":" in address else 4
                found[row.device_id].append(plain | {"address": address, "version": version, "type": kind})
    return found


def security_group_names(tx: Tx, server_ids: Iterable[str]) -> dict[str, list[str]]:
    """By server: the names of its ports' groups, each once."""
    rows = tx.all(_GROUPS, servers=list(server_ids))
    named = security_groups.names(tx, {id for row in rows for id in row.security_groups})
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        known = found[row.device_id]
        known += [named[id] for id in row.security_groups if id in named and named[id] not in known]
    return found


def network_data(tx: Tx, server_id: str) -> dict[str, Any]:
    """The content of a server's network_data.json."""
    ports = store.of_device(tx, server_id)
    nets = {
        one.id: one
        for one in network_store.select(tx, network_store.networks.c.id.in_({port.network_id for port in ports}))
    }
    ranges = subnets.by_id(tx, (one.subnet_id for port in ports for one in port.fixed_ips))
    links = [_link(port, nets[port.network_id]) for port in ports]
    shown: list[dict[str, Any]] = []
    services: list[dict[str, str]] = []
    for port, link in zip(ports, links, strict=True):
        for fixed in port.fixed_ips:
            subnet = ranges[fixed.subnet_id]
            shown.append(_network(f"network{len(shown)}", link["id"], port, subnet, fixed.ip_address))
            for service in _services(subnet):
                if service not in services:
                    services.append(service)
    return {"links": links, "networks": shown, "services": services}


def _link(port: Port, network: Network) -> dict[str, Any]:
    return {
        "id": f"tap{port.id[:11]}",
        "vif_id": port.id,
        "type": "ovs",
        "mtu": network.mtu,
        "ethernet_mac_address": port.mac_address,
    }


def _network(id: str, link: str, port: Port, subnet: Subnet, address: str) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": id, "link": link, "network_id": port.network_id}
    kind = f"ipv{subnet.ip_version}"
    if subnet.ip_version == 4 and subnet.enable_dhcp:
        return shown | {"type": f"{kind}_dhcp"}
    if subnet.ip_version == 6 and subnet.ipv6_address_mode is not None:
        return shown | {"type": f"ipv6_{subnet.ipv6_address_mode}", "ip_address": address}
    mask = str(ipaddress.ip_network(subnet.cidr).netmask)
    return shown | {
        "type": kind,
        "ip_address": address,
        "netmask": mask,
        "routes": _routes(subnet),
        "services": _services(subnet),
    }


def _routes(subnet: Subnet) -> list[dict[str, str]]:
    routes: list[dict[str, str]] = []
    if subnet.gateway_ip is not None:
        nothing = "0.0.0.0" if subnet.ip_version == 4 else "::"  # noqa: S104
        routes.append({"network": nothing, "netmask": nothing, "gateway": subnet.gateway_ip})
    for route in subnet.host_routes:
        to = ipaddress.ip_network(route["destination"])
        routes.append({"network": str(to.network_address), "netmask": str(to.netmask), "gateway": route["nexthop"]})
    return routes


def _services(subnet: Subnet) -> list[dict[str, str]]:
    servers = subnet.dns_nameservers or list(settings.dns_servers)
    return [{"type": "dns", "address": address} for address in servers]


def holders(pattern: str, version: int) -> sa.Select[Any]:
    """The ids of the servers that have an address of the IP version which the regular expression finds, as a subquery."""
    ports, held = store.ports, store.addresses
    colon = held.c.ip_address.contains(":")
    return (
        sa.select(ports.c.device_id)
        .join(held, held.c.port_id == ports.c.id)
        .where(colon if version == 6 else ~colon, held.c.ip_address.regexp_match(pattern))
    )
