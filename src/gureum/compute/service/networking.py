"""Networking of servers: their ports, addresses and security groups."""

from collections.abc import Mapping, Sequence
from typing import Any

from gureum.compute.server import Server
from gureum.compute.service import access
from gureum.kernel.caller import Caller
from gureum.kernel.faults import NotFound
from gureum.kernel.store.tx import Tx
from gureum.network.port import Port
from gureum.network.security_group import SecurityGroup
from gureum.network.service import for_compute as network
from gureum.network.service import ports as all_ports
from gureum.network.service import security_groups, server_addresses

_GROUPS = "os_compute_api:os-security-groups"
_PORTS = "os_compute_api:os-attach-interfaces"


def addresses(tx: Tx, caller: Caller, id: str, rule: str = "index") -> Sequence[Mapping[str, Any]]:
    """A server's addresses. Raises NotFound, Forbidden."""
    access.get(tx, caller, id, f"os_compute_api:ips:{rule}")
    return server_addresses.addresses(tx, [id]).get(id, [])


def ports(tx: Tx, caller: Caller, id: str) -> Sequence[Port]:
    """A server's ports in order. Raises NotFound, Forbidden."""
    access.get(tx, caller, id, f"{_PORTS}:list")
    return network.ports_of(tx, id)


def port(tx: Tx, caller: Caller, id: str, port_id: str) -> Port:
    """One of them. Raises NotFound, Forbidden."""
    access.get(tx, caller, id, f"{_PORTS}:show")
    for one in network.ports_of(tx, id):
        if one.id == port_id:
            return one
    try:
        all_ports.get(tx, caller, port_id)
    except NotFound:
        raise NotFound(f"Port id {port_id} could not be found.", name="PortNotFound") from None
    raise NotFound(f"Instance {id} does not have a port with id {port_id}")


def groups(tx: Tx, caller: Caller, id: str) -> list[SecurityGroup]:
    """The security groups that a server's ports are in. Raises NotFound, Forbidden."""
    access.get(tx, caller, id, f"{_GROUPS}:list")
    ids = dict.fromkeys(group for one in network.ports_of(tx, id) for group in one.security_groups)
    return [security_groups.get(tx, caller, group) for group in ids]


def add_group(tx: Tx, caller: Caller, id: str, name: str) -> None:
    """Put a server's ports into a group. Raises NotFound, Forbidden, Invalid, Conflict."""
    server = _with_guest(access.get(tx, caller, id, f"{_GROUPS}:add"))
    network.add_security_group(tx, caller, server.id, name)


def remove_group(tx: Tx, caller: Caller, id: str, name: str) -> None:
    """Take a server's ports out of a group. Raises NotFound, Forbidden, Conflict."""
    server = _with_guest(access.get(tx, caller, id, f"{_GROUPS}:remove"))
    network.remove_security_group(tx, caller, server.id, name)


def _with_guest(server: Server) -> Server:
    server.must_be_ready()
    return server


def names_of_remote_groups(tx: Tx, caller: Caller, groups: Sequence[SecurityGroup]) -> dict[str, tuple[str, str]]:
    """(name, project) of the groups that rules of `groups` let in, by id, as far as the caller sees them."""
    found: dict[str, tuple[str, str]] = {group.id: (group.name, group.project_id) for group in groups}
    remote = {rule.remote_group_id for group in groups for rule in group.rules if rule.remote_group_id is not None}
    for id in remote - found.keys():
        try:
            group = security_groups.get(tx, caller, id)
        except NotFound:
            continue
        found[id] = (group.name, group.project_id)
    return found
