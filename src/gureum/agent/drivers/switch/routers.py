"""Routers: legs into networks, a gateway to the provider network, NAT and routes."""

import ipaddress

from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.drivers.switch import networks
from gureum.agent.drivers.switch.draft import (
    Draft,
    Row,
    change,
    hardware_address,
    join,
    leg_name,
    part,
    read,
    router_name,
)
from gureum.contracts.switch import EnsureRouter, RemoveRouter, RouterPort

MOST_GATEWAYS = 5
"""How many chassis stand by for one gateway."""


def ensure(draft: Draft, generation: int, asked: EnsureRouter) -> None:
    """Make the router whole. DriverFault (again) when no host reaches the gateway's provider network."""
    router = draft.find("Logical_Router", router_name(asked.router_id))
    if draft.outdated(router, generation):
        return
    if router is None:
        router = draft.make("Logical_Router", name=router_name(asked.router_id))
    change(router, "enabled", [asked.enabled])
    change(router, "options", {"always_learn_from_arp_request": "false", "dynamic_neigh_routers": "true"})
    _legs(draft, router, asked)
    _nat(draft, router, asked)
    _routes(draft, router, asked)
    draft.stamp(router, generation, name=asked.name, router=asked.router_id)


def remove(draft: Draft, generation: int, asked: RemoveRouter) -> None:
    """Take the router away; legs, NAT and routes go with it."""
    router = draft.find("Logical_Router", router_name(asked.router_id))
    if router is not None and not draft.outdated(router, generation):
        router.delete()


def _legs(draft: Draft, router: Row, asked: EnsureRouter) -> None:
    wanted = {leg_name(port.port_id): port for port in asked.interfaces}
    if asked.gateway is not None:
        wanted[leg_name(asked.gateway.port_id)] = asked.gateway
    for leg in read(router, "ports", []):
        if leg.name not in wanted:
            part(router, "ports", leg)
    for name, port in wanted.items():
        leg = draft.find("Logical_Router_Port", name)
        if leg is None:
            leg = draft.make("Logical_Router_Port", name=name)
            join(router, "ports", leg)
        change(leg, "mac", hardware_address(port.mac))
        change(leg, "networks", sorted(str(ipaddress.ip_interface(word)) for word in port.networks))
        networks.announce(leg, networks.options_by_subnet(draft, port.network_id))
        change(leg, "external_ids", {"gureum:network": port.network_id, "gureum:port": port.port_id})
        if port is asked.gateway:
            _schedule(draft, leg, port)


def _schedule(draft: Draft, leg: Row, port: RouterPort) -> None:
    """Name the chassis that carry the gateway; one that has it keeps it while it is fit."""
    physical = networks.physical_network(draft, port.network_id)
    fit = (
        draft.chassis.get(physical, [])
        if physical
        else sorted({name for names in draft.chassis.values() for name in names})
    )
    present = {row.chassis_name: row for row in read(leg, "gateway_chassis", [])}
    keep = {name for name in present if name in fit}
    if not keep and not fit:
        raise DriverFault("No host that reaches the provider network is up.", f"network {physical!r}", again=True)
    if keep and len(keep) == len(present):
        return
    # Spread by the port's id, so that gateways do not all fall to the same host.
    turn = sum(port.port_id.encode()) % max(len(fit), 1)
    names = (fit[turn:] + fit[:turn])[:MOST_GATEWAYS]
    leg.gateway_chassis = [
        draft.make("Gateway_Chassis", name=f"{leg.name}_{name}", chassis_name=name, priority=100 - rank)
        for rank, name in enumerate(names)
    ]


def _nat(draft: Draft, router: Row, asked: EnsureRouter) -> None:
    wanted: dict[tuple[str, str, str], str] = {}
    if asked.snat_ip is not None:
        for cidr in asked.snat_cidrs:
            wanted[("snat", str(ipaddress.ip_address(asked.snat_ip)), str(ipaddress.ip_network(cidr)))] = ""
    for rule in asked.nat:
        outside, inside = (str(ipaddress.ip_address(word)) for word in (rule.external_ip, rule.internal_ip))
        wanted[("dnat_and_snat", outside, inside)] = rule.floating_ip_id
    present = {(row.type, row.external_ip, row.logical_ip): row for row in read(router, "nat", [])}
    for key in present.keys() - wanted.keys():
        part(router, "nat", present[key])
    for key in wanted.keys() - present.keys():
        kind, outside, inside = key
        ids = {"gureum:floating_ip": wanted[key]} if wanted[key] else {}
        join(router, "nat", draft.make("NAT", type=kind, external_ip=outside, logical_ip=inside, external_ids=ids))


def _routes(draft: Draft, router: Row, asked: EnsureRouter) -> None:
    wanted = {(str(ipaddress.ip_network(to)), str(ipaddress.ip_address(hop)), "") for to, hop in asked.routes}
    if asked.gateway is not None and asked.gateway_next_hop is not None:
        hop = ipaddress.ip_address(asked.gateway_next_hop)
        wanted.add(("0.0.0.0/0" if hop.version == 4 else "::/0", str(hop), leg_name(asked.gateway.port_id)))
    present = {
        (row.ip_prefix, row.nexthop, next(iter(row.output_port), "")): row for row in read(router, "static_routes", [])
    }
    for key in present.keys() - wanted:
        part(router, "static_routes", present[key])
    for prefix, hop, leg in sorted(wanted - present.keys()):
        route = draft.make("Logical_Router_Static_Route", ip_prefix=prefix, nexthop=hop)
        if leg:
            route.output_port = [leg]
        join(router, "static_routes", route)
