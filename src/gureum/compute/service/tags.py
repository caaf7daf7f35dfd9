"""Tags of servers."""

from collections.abc import Sequence

from gureum.compute.server import Server
from gureum.compute.service import access
from gureum.compute.store import tags as store
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid, NotFound
from gureum.kernel.store.tx import Tx

MOST = 50
_RULE = "os_compute_api:os-server-tags"
_STATES = ("active", "paused", "suspended", "stopped")


def show_all(tx: Tx, caller: Caller, id: str) -> list[str]:
    """All tags. Raises NotFound, Forbidden."""
    return store.of(tx, access.get(tx, caller, id, f"{_RULE}:index").id)


def check(tx: Tx, caller: Caller, id: str, tag: str) -> None:
    """Raise NotFound unless the server has the tag."""
    access.get(tx, caller, id, f"{_RULE}:show")
    if tag not in store.of(tx, id):
        raise NotFound(f"Server {id} has no tag '{tag}'")


def add(tx: Tx, caller: Caller, id: str, tag: str) -> bool:
    """Give a server a tag; says whether it is new. Raises NotFound, Forbidden, Invalid, Conflict."""
    server = _get(tx, caller, id, "update", "update tag")
    present = store.of(tx, server.id)
    if tag in present:
        return False
    if len(present) >= MOST:
        raise Invalid(f"The number of tags exceeded the per-server limit {MOST}")
    store.add(tx, id, tag)
    return True


def replace(tx: Tx, caller: Caller, id: str, tags: Sequence[str]) -> list[str]:
    """Make the tags exactly these. Raises NotFound, Forbidden, Conflict."""
    store.replace(tx, _get(tx, caller, id, "update_all", "update tags").id, tags)
    return store.of(tx, id)


def remove(tx: Tx, caller: Caller, id: str, tag: str) -> None:
    """Take a tag away. Raises NotFound, Forbidden, Conflict."""
    _get(tx, caller, id, "delete", "delete tag")
    if not store.remove(tx, id, tag):
        raise NotFound(f"Instance {id} has no tag '{tag}'")


def remove_all(tx: Tx, caller: Caller, id: str) -> None:
    """Take all tags away. Raises NotFound, Forbidden, Conflict."""
    store.remove_all(tx, _get(tx, caller, id, "delete_all", "delete tags").id)


def _get(tx: Tx, caller: Caller, id: str, rule: str, verb: str) -> Server:
    server = access.get(tx, caller, id, f"{_RULE}:{rule}")
    server.must_be(verb, *_STATES)
    return server
