"""Networks, floating IPs and security groups by way of the compute API: the network service's doors, in this service's words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from gureum.compute.service import access
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid, NotFound
from gureum.kernel.store.tx import Tx
from gureum.network.floating_ip import FloatingIp
from gureum.network.network import Network
from gureum.network.port import Port
from gureum.network.service import floating_ips, for_compute, lists
from gureum.network.service import networks as network_door
from gureum.network.service import ports as port_door
from gureum.network.service.listing import Query

T = TypeVar("T")
_FLOATING = "os_compute_api:os-floating-ips"


@dataclass(frozen=True, slots=True)
class Floating:
    """A floating IP with the name of its network, and the server that it leads to."""

    ip: FloatingIp
    pool: str
    server_id: str | None


def found(ask: Callable[[], T], otherwise: str) -> T:
    """What is asked for, or NotFound in this service's words."""
    try:
        return ask()
    except NotFound:
        raise NotFound(otherwise) from None


def networks(tx: Tx, caller: Caller) -> list[Network]:
    """The networks that the caller sees."""
    return lists.networks(tx, caller, Query())[0]


def network(tx: Tx, caller: Caller, id: str) -> Network:
    """One of them. Raises NotFound."""
    return found(lambda: network_door.get(tx, caller, id), "Network not found")


def pools(tx: Tx, caller: Caller) -> list[Network]:
    """The networks that floating IPs are of."""
    return lists.networks(tx, caller, Query(filters={"router:external": ["True"]}))[0]


def floating_list(tx: Tx, caller: Caller) -> list[Floating]:
    """The project's floating IPs."""
    query = Query(filters={"project_id": [caller.project_id or ""]})
    return [_seen(tx, caller, one) for one, _ in lists.floating_ips(tx, caller, query)]


def floating(tx: Tx, caller: Caller, id: str) -> Floating:
    """A floating IP. Raises NotFound."""
    one = found(lambda: floating_ips.get(tx, caller, id), f"Floating IP not found for ID {id}")
    return _seen(tx, caller, one)


def _seen(tx: Tx, caller: Caller, one: FloatingIp) -> Floating:
    port = None if one.port_id is None else _port(tx, caller, one.port_id)
    server_id = port.device_id if port is not None and port.device_owner.startswith("compute:") else None
    return Floating(one, network_door.get(tx, caller, one.floating_network_id).name, server_id or None)


def _port(tx: Tx, caller: Caller, id: str) -> Port | None:
    try:
        return port_door.get(tx, caller, id)
    except NotFound:
        return None


def allocate(tx: Tx, caller: Caller, pool: str | None) -> Floating:
    """A new floating IP of a network, by name or id; without either, of the only one there is. Raises NotFound, OverQuota."""
    present = pools(tx, caller)
    fit = [one for one in present if pool in (one.id, one.name)] if pool else present
    if len(fit) != 1:
        raise NotFound("Floating IP pool not found.")
    values = {"floating_network_id": fit[0].id, "project_id": caller.project_id or ""}
    return _seen(tx, caller, floating_ips.create(tx, caller, values))


def give_back(tx: Tx, caller: Caller, id: str) -> None:
    """Remove a floating IP. Raises NotFound, Forbidden."""
    found(lambda: floating_ips.delete(tx, caller, id), f"Floating IP not found for ID {id}")


def associate(tx: Tx, caller: Caller, server_id: str, address: str, fixed: str | None) -> None:
    """Have a floating IP lead to a server. Raises NotFound, Forbidden, Invalid where the server cannot have it."""
    server = access.get(tx, caller, server_id, f"{_FLOATING}:add")
    server.must_be_ready()
    ports = for_compute.ports_of(tx, server_id)
    if not ports:
        raise Invalid("No nw_info cache associated with instance")
    places = [(port, one.ip_address) for port in ports for one in port.fixed_ips if ":" not in one.ip_address]
    if not places:
        raise Invalid("No fixed IPs associated to instance")
    fit = [place for place in places if fixed in (None, place[1])]
    if not fit:
        raise Invalid("Specified fixed address not assigned to instance")
    one = _with_address(tx, caller, address)
    if one is None:
        raise NotFound("floating IP not found")
    port, inner = fit[0]
    try:
        floating_ips.update(tx, caller, one.id, {"port_id": port.id, "fixed_ip_address": inner})
    except Conflict as fault:
        raise Invalid(fault.message) from None


def dissociate(tx: Tx, caller: Caller, server_id: str, address: str) -> None:
    """Have a floating IP lead nowhere. Raises NotFound, Forbidden, Conflict where it does not lead to the server."""
    server = access.get(tx, caller, server_id, f"{_FLOATING}:remove")
    one = _with_address(tx, caller, address)
    if one is None:
        raise NotFound(f"Floating IP not found for address {address}.")
    if one.port_id not in {port.id for port in for_compute.ports_of(tx, server.id)}:
        raise Conflict(f"Floating IP {address} is not associated with instance {server.id}.")
    floating_ips.update(tx, caller, one.id, {"port_id": None})


def _with_address(tx: Tx, caller: Caller, address: str) -> FloatingIp | None:
    query = Query(filters={"floating_ip_address": [address]})
    return next((one for one, _ in lists.floating_ips(tx, caller, query)), None)
