"""Attaching ports to servers, and detaching them."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace

from gureum.compute.flows import PlugInterfaces
from gureum.compute.server import Server
from gureum.compute.service import access
from gureum.compute.store import actions, servers
from gureum.compute.store import interfaces as store
from gureum.compute.store.interfaces import MovingInterface
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid, NotFound
from gureum.kernel.flow import intend
from gureum.kernel.store.tx import Tx
from gureum.network.events import PortDeleted
from gureum.network.port import Port
from gureum.network.service import for_compute as network
from gureum.network.service.for_compute import NetworkRequest

_RULE = "os_compute_api:os-attach-interfaces"
_STATES = ("active", "paused", "stopped")


def attach(tx: Tx, caller: Caller, id: str, asked: NetworkRequest) -> Port:
    """Have a server get a port: the one named, or a new one on the network named, or on the only network there is.

    Raises NotFound, Forbidden, Invalid, Conflict, OverQuota.
    """
    server = access.get(tx, caller, id, f"{_RULE}:create")
    if asked.network_id is not None and asked.port_id is not None:
        raise Invalid("Must not input both network_id and port_id")
    if asked.fixed_ip is not None and asked.network_id is None:
        raise Invalid("Must input network_id when request IP address")
    server.must_be_unlocked(caller)
    server.must_be("attach_interface", *_STATES)
    server.must_be_ready()
    # A port that an administrator has made here belongs to the server's project.
    owner = replace(caller, project_id=server.project_id)
    with _words():
        request = asked if asked.network_id or asked.port_id else replace(asked, network_id=_only_network(tx, owner))
        (port,) = network.allocate(tx, owner, id, [request], hostname=server.hostname)
    network.bind(tx, id, server.host or "", server.zone)
    _move(tx, server, port.id, "attaching", actions.begin(tx, id, "attach_interface"))
    return next(one for one in network.ports_of(tx, id) if one.id == port.id)


def detach(tx: Tx, caller: Caller, id: str, port_id: str) -> None:
    """Have a server lose a port. For one that it has not, only the instance action says so.

    Raises NotFound, Forbidden, Conflict.
    """
    server = access.get_unlocked(tx, caller, id, f"{_RULE}:delete")
    server.must_be("detach_interface", *_STATES)
    action = actions.begin(tx, id, "detach_interface")
    moving = store.find(tx, id, port_id)
    present = any(port.id == port_id for port in network.ports_of(tx, id))
    if present and (moving is None or moving.state == "attaching"):
        _move(tx, server, port_id, "detaching", action)
    else:
        actions.start_event(tx, action, "compute_detach_interface", server.host)
        actions.finish_events(tx, action, f"Port {port_id} is not attached to server {id}.")


def port_deleted(tx: Tx, event: PortDeleted) -> None:
    """Somebody deleted the port of a guest: the guest loses it too."""
    server = servers.find(tx, event.device_id)
    if server is not None and server.host is not None:
        _move(tx, server, event.port_id, "detaching", None)


def _move(tx: Tx, server: Server, port_id: str, state: str, action: int | None) -> None:
    store.put(tx, MovingInterface(server.id, port_id, state, action, clock.now()))
    intend(tx, PlugInterfaces, server.id)


def _only_network(tx: Tx, owner: Caller) -> str:
    found = network.available_networks(tx, owner)
    if len(found) > 1:
        raise Invalid(
            "Multiple possible networks found, use a Network ID to be more specific.", name="NetworkAmbiguous"
        )
    if not found:
        raise Invalid(
            f"No specific network was requested and none are available for project '{owner.project_id}'.",
            name="InterfaceAttachFailedNoNetwork",
        )
    return found[0].id


@contextmanager
def _words() -> Generator[None]:
    """What is no port, no network or taken is told by other statuses than for a new server."""
    try:
        yield
    except Invalid as fault:
        if fault.name in ("PortNotFound", "NetworkNotFound"):
            raise NotFound(fault.message, name=fault.name) from None
        if fault.name == "FixedIpAlreadyInUse":
            raise Conflict(fault.message, name=fault.name) from None
        raise
