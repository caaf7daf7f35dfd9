"""Networking of servers: addresses, interfaces, security groups."""

from typing import Any

from gureum.compute.service import interfaces as attaching
from gureum.compute.service import networking
from gureum.compute.wire import networking as wire
from gureum.compute.wire import schemas
from gureum.compute.wire.servers import addresses as by_network
from gureum.kernel.faults import NotFound
from gureum.kernel.http import Call, Routes

routes = Routes()

_IPS = "os_compute_api:ips"
_PORTS = "os_compute_api:os-attach-interfaces"


@routes.get("/v2.1/servers/{id}/ips", f"{_IPS}:index")
def addresses(call: Call, id: str) -> dict[str, Any]:
    """Addresses by network."""
    return {"addresses": by_network(networking.addresses(call.tx, call.caller, id), full=False)}


@routes.get("/v2.1/servers/{id}/ips/{network}", f"{_IPS}:show")
def addresses_on(call: Call, id: str, network: str) -> dict[str, Any]:
    """Addresses on one network."""
    found = by_network(networking.addresses(call.tx, call.caller, id, "show"), full=False)
    if network not in found:
        raise NotFound("Instance is not a member of specified network")
    return {network: found[network]}


@routes.get("/v2.1/servers/{id}/os-interface", f"{_PORTS}:list", history=wire.INTERFACE)
def interfaces(call: Call, id: str) -> dict[str, Any]:
    """The ports of a server."""
    return {"interfaceAttachments": [wire.show_port(port) for port in networking.ports(call.tx, call.caller, id)]}


@routes.get("/v2.1/servers/{id}/os-interface/{port_id}", f"{_PORTS}:show", history=wire.INTERFACE)
def interface(call: Call, id: str, port_id: str) -> dict[str, Any]:
    """One of them."""
    return {"interfaceAttachment": wire.show_port(networking.port(call.tx, call.caller, id, port_id))}


@routes.post(
    "/v2.1/servers/{id}/os-interface", f"{_PORTS}:create", body=schemas.ATTACH_INTERFACE, history=wire.INTERFACE
)
def attach(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Give a server a port; it is answered before the guest has it."""
    return {"interfaceAttachment": wire.show_port(attaching.attach(call.tx, call.caller, id, wire.asked(body)))}


@routes.delete("/v2.1/servers/{id}/os-interface/{port_id}", f"{_PORTS}:delete", status=202)
def detach(call: Call, id: str, port_id: str) -> None:
    """Take a port from a server."""
    attaching.detach(call.tx, call.caller, id, port_id)


@routes.get("/v2.1/servers/{id}/os-security-groups", "os_compute_api:os-security-groups:list")
def groups(call: Call, id: str) -> dict[str, Any]:
    """The security groups of a server."""
    found = networking.groups(call.tx, call.caller, id)
    names = networking.names_of_remote_groups(call.tx, call.caller, found)
    return {"security_groups": [wire.show_group(group, names) for group in found]}
