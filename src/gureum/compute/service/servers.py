"""Servers: show, change, delete."""

from dataclasses import dataclass
from typing import Any

from gureum.compute.flows import DeleteServer
from gureum.compute.server import Server
from gureum.compute.service import access
from gureum.compute.store import actions
from gureum.compute.store import servers as store
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid
from gureum.kernel.flow import intend
from gureum.kernel.store.tx import Tx

_RULE = "os_compute_api:servers"


@dataclass(frozen=True, slots=True)
class Changes:
    """What an update changes: the columns named in `values`."""

    values: dict[str, Any]


def get(tx: Tx, caller: Caller, id: str) -> Server:
    """A server. Raises NotFound, Forbidden."""
    return access.get(tx, caller, id, f"{_RULE}:show")


def update(tx: Tx, caller: Caller, id: str, changes: Changes) -> Server:
    """Change what its owner may choose. Raises NotFound, Forbidden, Invalid, Conflict."""
    server = access.get(tx, caller, id, f"{_RULE}:update")
    values = dict(changes.values)
    if "requested_zone" in values:
        _check_pin(server, values["requested_zone"])
    if values:
        store.change(tx, id, **values)
    return store.get(tx, id)


def _check_pin(server: Server, zone: str | None) -> None:
    """A zone may be let go at any time, and taken only where the server is."""
    if zone is not None and zone != server.host_zone:
        raise Invalid("The requested availability zone is not the zone of the server's host.")
    if server.vm_state not in ("active", "stopped", "paused", "suspended"):
        raise Conflict(f"Cannot 'update' instance {server.id} while it is in vm_state {server.vm_state}")


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Delete a server, in whatever state it is; again is fine. Raises NotFound, Forbidden, Conflict for a locked one."""
    server = access.get_unlocked(tx, caller, id, f"{_RULE}:delete")
    if server.task_state == "deleting":
        return
    action = actions.begin(tx, id, "delete")
    store.change(tx, id, task_state="deleting")
    intend(tx, DeleteServer, id, action=action)
