"""Floating IPs."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid
from gureum.kernel.ids import new_uuid
from gureum.kernel.store.tx import Tx
from gureum.network import faults
from gureum.network.floating_ip import FloatingIp
from gureum.network.flows import realise
from gureum.network.port import FLOATING, Port
from gureum.network.service import access, gateways, holding, networks, quotas
from gureum.network.service import ports as port_door
from gureum.network.store import floating_ips as store
from gureum.network.store import ports, subnets

Values = Mapping[str, Any]


def target(floating: FloatingIp) -> dict[str, Any]:
    """A floating IP as rules see it."""
    return {"project_id": floating.project_id, "tenant_id": floating.project_id}


def reach(caller: Caller) -> sa.ColumnElement[bool]:
    """The floating IPs that the caller may see."""
    return access.reach(caller, "get_floatingip", [access.owned(caller, store.floating_ips.c.project_id)])


def get(tx: Tx, caller: Caller, id: str) -> FloatingIp:
    """A floating IP. Raises NotFound, also for one that the caller may not see."""
    floating = store.get(tx, id)
    if not access.allows(caller, "get_floatingip", target(floating)):
        raise faults.floating_ip_not_found(id)
    return floating


def create(tx: Tx, caller: Caller, values: Values, given: Values | None = None) -> FloatingIp:
    """A new floating IP, associated where a port is named.

    Raises NotFound for network, port, subnet, or a missing way between them; Forbidden, OverQuota, Invalid, Conflict.
    """
    project_id = str(values["project_id"])
    access.demand(caller, "create_floatingip", {"project_id": project_id, "tenant_id": project_id}, given or {})
    quotas.check(tx, project_id, "floatingip")
    network = networks.get(tx, caller, values["floating_network_id"])
    if not network.external:
        raise faults.bad_request("floatingip", f"Network {network.id} is not a valid external network")
    id = new_uuid()
    port = holding.make(
        tx, network, _wishes(tx, network.id, values), project_id="", device_id=id, device_owner=FLOATING, status="N/A"
    )
    if not port.fixed_ips:
        raise Invalid(
            f"Unable to find any IP address on external network {network.id}.", name="ExternalIpAddressExhausted"
        )
    store.add(
        tx,
        id=id,
        project_id=project_id,
        description=values.get("description", ""),
        floating_ip_address=port.fixed_ips[0].ip_address,
        floating_network_id=network.id,
        floating_port_id=port.id,
        port_id=None,
        fixed_ip_address=None,
        router_id=None,
        status="DOWN",
    )
    if values.get("port_id") is not None:
        _associate(tx, caller, store.get(tx, id), values["port_id"], values.get("fixed_ip_address"))
    elif values.get("fixed_ip_address") is not None:
        raise _address_without_port()
    return store.get(tx, id)


def _address_without_port() -> Invalid:
    return faults.bad_request("floatingip", "fixed_ip_address cannot be specified without a port_id")


def _wishes(tx: Tx, network_id: str, values: Values) -> list[dict[str, Any]] | None:
    """Which address to ask for: an IPv4 one, as floating IPs are."""
    wish = {
        name: value
        for name, value in (("subnet_id", values.get("subnet_id")), ("ip_address", values.get("floating_ip_address")))
        if value is not None
    }
    if wish:
        return [wish]
    four = [subnet for subnet in subnets.of_network(tx, network_id) if subnet.ip_version == 4]
    if not four:
        raise faults.bad_request("floatingip", f"Network {network_id} does not contain any IPv4 subnet")
    return None


def _associate(tx: Tx, caller: Caller, floating: FloatingIp, port_id: str, address: str | None) -> None:
    port = port_door.get(tx, caller, port_id)
    address, subnet_id = _inner(port, address)
    router_id = gateways.router_between(tx, subnet_id, floating.floating_network_id, port.id)
    table = store.floating_ips
    others = store.select(
        tx,
        table.c.port_id == port.id,
        table.c.fixed_ip_address == address,
        table.c.floating_network_id == floating.floating_network_id,
        table.c.id != floating.id,
    )
    if others:
        raise Conflict(
            f"Cannot associate floating IP {floating.floating_ip_address} ({floating.id}) with port {port.id} using "
            f"fixed IP {address}, as that fixed IP already has a floating IP on external network "
            f"{floating.floating_network_id}.",
            name="FloatingIPPortAlreadyAssociated",
        )
    store.change(tx, floating.id, port_id=port.id, fixed_ip_address=address, router_id=router_id, status="DOWN")
    realise.router(tx, router_id)
    if floating.router_id not in (None, router_id):
        realise.router(tx, floating.router_id or "")


def _inner(port: Port, address: str | None) -> tuple[str, str]:
    """The inner address and its subnet. Raises Invalid where the port does not have it, or has several and none is said."""
    four = [one for one in port.fixed_ips if ":" not in one.ip_address]
    if address is not None:
        for one in four:
            if one.ip_address == address:
                return address, one.subnet_id
        raise faults.bad_request("floatingip", f"Port {port.id} does not have fixed ip {address}")
    if not four:
        raise faults.bad_request(
            "floatingip", f"Cannot add floating IP to port {port.id} that has no fixed IPv4 addresses"
        )
    if len(four) > 1:
        raise faults.bad_request(
            "floatingip",
            f"Port {port.id} has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when assigning a "
            "floating IP",
        )
    return four[0].ip_address, four[0].subnet_id


def update(tx: Tx, caller: Caller, id: str, values: Values) -> FloatingIp:
    """Describe a floating IP anew, move it to a port, or take it from its port (port_id None)."""
    floating = get(tx, caller, id)
    access.demand(caller, "update_floatingip", target(floating), values)
    tx.lock("floatingip", id)
    if "description" in values:
        store.change(tx, id, description=values["description"])
    if values.get("port_id") is not None:
        _associate(tx, caller, floating, values["port_id"], values.get("fixed_ip_address"))
    elif values.get("fixed_ip_address") is not None:
        if floating.port_id is None or "port_id" in values:
            raise _address_without_port()
        _associate(tx, caller, floating, floating.port_id, values["fixed_ip_address"])
    elif "port_id" in values:
        store.change(tx, id, port_id=None, fixed_ip_address=None, router_id=None, status="DOWN")
        if floating.router_id is not None:
            realise.router(tx, floating.router_id)
    return store.get(tx, id)


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Remove a floating IP and free its address. Raises NotFound, Forbidden."""
    floating = get(tx, caller, id)
    access.demand(caller, "delete_floatingip", target(floating))
    store.remove(tx, id)
    port = ports.find(tx, floating.floating_port_id)
    if port is not None:
        holding.drop(tx, port)
    if floating.router_id is not None:
        realise.router(tx, floating.router_id)
