"""Servers: show, change, delete."""

from dataclasses import dataclass
from typing import Any, NoReturn

from gureum.compute.flows import DeleteServer, FollowGuest
from gureum.compute.server import Server
from gureum.compute.service import access
from gureum.compute.store import actions
from gureum.compute.store import servers as store
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid
from gureum.kernel.flow import busy, intend
from gureum.kernel.store.tx import Tx

_RULE = "os_compute_api:servers"
_DEFERRED = "os_compute_api:os-deferred-delete"
_SEEN = {1: "active", 3: "paused"}
"""Power states of guests that run, and what a server is then."""


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


def delete(tx: Tx, caller: Caller, id: str, rule: str = f"{_RULE}:delete") -> None:
    """Delete a server, in whatever state it is; again is fine. Raises NotFound, Forbidden, Conflict for a locked one."""
    server = access.get_unlocked(tx, caller, id, rule)
    if server.task_state == "deleting":
        return
    action = actions.begin(tx, id, "delete")
    store.change(tx, id, task_state="deleting")
    intend(tx, DeleteServer, id, action=action)


def force_delete(tx: Tx, caller: Caller, id: str) -> None:
    """Delete a server at once, as every delete here does. Raises as `delete`."""
    delete(tx, caller, id, f"{_DEFERRED}:force")


def restore(tx: Tx, caller: Caller, id: str) -> NoReturn:
    """Take back a delete that is put off: none is here. Raises NotFound, Forbidden, Conflict."""
    server = access.get_unlocked(tx, caller, id, f"{_DEFERRED}:restore")
    raise Conflict(f"Cannot 'restore' instance {id} while it is in vm_state {server.vm_state}")


def reset_state(tx: Tx, caller: Caller, id: str, *, error: bool) -> None:
    """An administrator's word that a server is in error, or that it is as its host last saw it.

    Raises NotFound, Forbidden, Conflict while something is being done to it: that comes to an end by itself.
    """
    server = access.get(tx, caller, id, "os_compute_api:os-admin-actions:reset_state")
    if busy(tx, "server", id) and not busy(tx, "server", id, FollowGuest):
        raise Conflict(f"Cannot 'reset_state' instance {id} while it is in task_state {server.task_state}")
    if error:
        fault = {"code": 500, "message": "An administrator set it.", "details": "", "created": clock.now()}
        store.change(tx, id, vm_state="error", fault=fault)
        return
    server.must_be_ready()
    store.change(tx, id, vm_state=_SEEN.get(server.power_state, "stopped"), fault=None)
