"""Interfaces of routers: their ports on inner networks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, NotFound
from gureum.kernel.ids import is_uuid
from gureum.kernel.store.tx import Tx
from gureum.network import faults
from gureum.network.flows import realise
from gureum.network.port import INTERFACE, Port
from gureum.network.router import Router
from gureum.network.service import access, holding, ipam, router_ranges, routers
from gureum.network.service import ports as port_door
from gureum.network.service import subnets as subnet_door
from gureum.network.store import floating_ips, ports, subnets
from gureum.network.store import networks as network_store
from gureum.network.store import routers as store
from gureum.network.subnet import Subnet

Which = Mapping[str, Any]
"""{"subnet_id"?, "port_id"?}"""


@dataclass(frozen=True)
class Interface:
    """A leg of a router as adding and removing tell of it."""

    router: Router
    port_id: str
    network_id: str
    subnet_ids: list[str]


def add(tx: Tx, caller: Caller, router_id: str, which: Which) -> Interface:
    """Join a router with a subnet, by the subnet's gateway address or by a port that is there.

    Raises NotFound, Forbidden, Invalid for what is named wrongly or overlaps, Conflict for a port or address in use.
    """
    router = routers.get(tx, caller, router_id)
    access.demand(caller, "add_router_interface", routers.target(router))
    port_id, subnet_id = _named(which)
    if port_id is not None and subnet_id is not None:
        raise faults.bad_request("router", "Cannot specify both subnet-id and port-id")
    tx.lock("router", router_id)
    if port_id is not None:
        port = _take_port(tx, caller, router, port_id)
        added = [one.subnet_id for one in port.fixed_ips]
    else:
        subnet, _ = subnet_door.get(tx, caller, subnet_id or "")
        port = _join(tx, router, subnet)
        added = [subnet.id]
    store.change(tx, router_id)
    realise.port(tx, port.id, port.network_id)
    realise.router(tx, router_id)
    return Interface(store.get(tx, router_id), port.id, port.network_id, added)


def _named(which: Which) -> tuple[str | None, str | None]:
    found: list[str | None] = []
    for name in ("port_id", "subnet_id"):
        value = which.get(name)
        if value is not None and not (isinstance(value, str) and is_uuid(value)):
            raise faults.bad_request("router", f"'{value}' is not a valid UUID")
        found.append(value)
    if found == [None, None]:
        raise faults.bad_request("router", "Either subnet_id or port_id must be specified")
    return found[0], found[1]


def _take_port(tx: Tx, caller: Caller, router: Router, port_id: str) -> Port:
    port = port_door.get(tx, caller, port_id)
    if port.device_id:
        raise faults.port_in_use(port.id, port.network_id, port.device_id)
    if not port.fixed_ips:
        raise faults.bad_request("router", "Router port must have at least one fixed IP")
    held = list(subnets.by_id(tx, (one.subnet_id for one in port.fixed_ips)).values())
    if sum(subnet.ip_version == 4 for subnet in held) > 1:
        raise faults.bad_request("router", "Cannot have multiple IPv4 subnets on router port")
    router_ranges.check_no_overlap(tx, router.id, held)
    ports.change(
        tx,
        port.id,
        device_id=router.id,
        device_owner=INTERFACE,
        security_groups=[],
        allowed_address_pairs=[],
        port_security_enabled=False,
    )
    return ports.get(tx, port.id)


def _join(tx: Tx, router: Router, subnet: Subnet) -> Port:
    if subnet.gateway_ip is None:
        raise faults.bad_request("router", "Subnet for router interface must have a gateway IP")
    router_ranges.check_no_overlap(tx, router.id, [subnet])
    wish = {"subnet_id": subnet.id, "ip_address": subnet.gateway_ip}
    shared = _shared_leg(tx, router, subnet)
    if shared is not None:
        wishes = [{"subnet_id": one.subnet_id, "ip_address": one.ip_address} for one in shared.fixed_ips]
        fixed = ipam.choose(tx, shared.network_id, shared.mac_address, [*wishes, wish], INTERFACE, shared.id)
        ports.hold(tx, shared.id, fixed, ipam.by_id(tx, fixed))
        return ports.get(tx, shared.id)
    network = network_store.get(tx, subnet.network_id)
    return holding.make(tx, network, [wish], project_id=router.project_id, device_id=router.id, device_owner=INTERFACE)


def _shared_leg(tx: Tx, router: Router, subnet: Subnet) -> Port | None:
    """All IPv6 subnets of one network share a leg, which holds no IPv4 address."""
    if subnet.ip_version == 4:
        return None
    for port in ports.of_device(tx, router.id, INTERFACE):
        if port.network_id == subnet.network_id and all(":" in one.ip_address for one in port.fixed_ips):
            return port
    return None


def remove(tx: Tx, caller: Caller, router_id: str, which: Which) -> Interface:
    """Part a router from a subnet; the port goes. Raises NotFound, Forbidden, Conflict while routes or floating IPs need it."""
    router = routers.get(tx, caller, router_id)
    access.demand(caller, "remove_router_interface", routers.target(router))
    port_id, subnet_id = _named(which)
    tx.lock("router", router_id)
    legs = ports.of_device(tx, router_id, INTERFACE)
    if port_id is not None:
        port = _by_port(router_id, legs, port_id, subnet_id)
        gone = [one.subnet_id for one in port.fixed_ips]
    else:
        subnet_door.get(tx, caller, subnet_id or "")
        port = _by_subnet(router_id, legs, subnet_id or "")
        gone = [subnet_id or ""]
    for one in gone:
        _check_unneeded(tx, router, one)
    rest = [one for one in port.fixed_ips if one.subnet_id not in gone]
    if rest:
        holding.move(tx, port, rest)
        realise.port(tx, port.id, port.network_id)
    else:
        holding.drop(tx, port)
    store.change(tx, router_id)
    realise.router(tx, router_id)
    return Interface(store.get(tx, router_id), port.id, port.network_id, gone)


def _by_port(router_id: str, legs: list[Port], port_id: str, subnet_id: str | None) -> Port:
    for port in legs:
        if port.id == port_id:
            if subnet_id is not None and all(one.subnet_id != subnet_id for one in port.fixed_ips):
                raise Conflict(
                    f"Subnet on port {port_id} does not match the requested subnet {subnet_id}.",
                    name="SubnetMismatchForPort",
                )
            return port
    raise NotFound(f"Router {router_id} does not have an interface with id {port_id}", name="RouterInterfaceNotFound")


def _by_subnet(router_id: str, legs: list[Port], subnet_id: str) -> Port:
    for port in legs:
        if any(one.subnet_id == subnet_id for one in port.fixed_ips):
            return port
    raise NotFound(
        f"Router {router_id} has no interface on subnet {subnet_id}", name="RouterInterfaceNotFoundForSubnet"
    )


def _check_unneeded(tx: Tx, router: Router, subnet_id: str) -> None:
    subnet = subnets.get(tx, subnet_id)
    sentence = f"Router interface for subnet {subnet_id} on router {router.id} cannot be deleted, as it is required by "
    for floating in floating_ips.select(tx, floating_ips.floating_ips.c.router_id == router.id):
        if floating.fixed_ip_address and subnet.holds(floating.fixed_ip_address):
            raise Conflict(f"{sentence}one or more floating IPs.", name="RouterInterfaceInUseByFloatingIP")
    if any(subnet.holds(route["nexthop"]) for route in router.routes):
        raise Conflict(f"{sentence}one or more routes.", name="RouterInterfaceInUseByRoute")
