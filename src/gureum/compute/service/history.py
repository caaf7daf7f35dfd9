"""What happened to servers."""

from gureum.compute.server import Server
from gureum.compute.service import access
from gureum.compute.store import actions as store
from gureum.compute.store.actions import Action, Event
from gureum.kernel.caller import Caller
from gureum.kernel.clock import Micros
from gureum.kernel.faults import Invalid, NotFound
from gureum.kernel.store.tx import Tx

_RULE = "os_compute_api:os-instance-actions"


def get_server(tx: Tx, caller: Caller, id: str, rule: str, *, past: bool) -> Server:
    """The server whose history is asked for; one that was where `past` allows. Raises NotFound, Forbidden."""
    return (access.get_ever if past else access.get)(tx, caller, id, f"{_RULE}:{rule}")


def show_all(
    tx: Tx,
    server: Server,
    *,
    since: Micros | None = None,
    before: Micros | None = None,
    marker: str | None = None,
    limit: int | None = None,
) -> list[Action]:
    """A server's actions, the newest first. Raises Invalid for a marker that is none."""
    last = None
    if marker is not None:
        last = store.find(tx, server.id, marker)
        if last is None:
            raise Invalid(f"marker [{marker}] not found")
    return store.of_server(tx, server.id, since=since, before=before, marker=last, limit=limit)


def show(tx: Tx, server: Server, request_id: str) -> tuple[Action, list[Event]]:
    """One action and its parts. Raises NotFound."""
    found = store.find(tx, server.id, request_id)
    if found is None:
        raise NotFound(f"Action {request_id} not found")
    return found, store.events_of(tx, [found.id])
