"""Locking servers, so that nobody but an administrator does anything to them."""

import socket

from gureum.compute.service import access
from gureum.compute.store import actions
from gureum.compute.store import servers as store
from gureum.kernel.caller import Caller
from gureum.kernel.store.tx import Tx

_RULE = "os_compute_api:os-lock-server"


def lock(tx: Tx, caller: Caller, id: str, reason: str | None) -> None:
    """Lock a server. A lock that is there stays, unless an administrator of another project takes it over.

    Raises NotFound, Forbidden.
    """
    server = access.get(tx, caller, id, f"{_RULE}:lock")
    mine = server.project_id == caller.project_id
    if server.locked_by is not None and mine:
        return
    action = actions.begin(tx, id, "lock")
    actions.start_event(tx, action, "api_lock", socket.gethostname())
    values = {"locked_by": "owner" if mine else "admin"} | ({"locked_reason": reason} if reason is not None else {})
    store.change(tx, id, **values)
    actions.finish_events(tx, action)


def unlock(tx: Tx, caller: Caller, id: str) -> None:
    """Unlock a server. What the other side locked, only those may open who may override. Raises NotFound, Forbidden."""
    server = access.get(tx, caller, id, f"{_RULE}:unlock")
    by = "owner" if server.project_id == caller.project_id else "admin"
    if server.locked_by not in (None, by):
        access.demand(caller, f"{_RULE}:unlock:unlock_override", server)
    action = actions.begin(tx, id, "unlock")
    actions.start_event(tx, action, "api_unlock", socket.gethostname())
    store.change(tx, id, locked_by=None, locked_reason=None)
    actions.finish_events(tx, action)
