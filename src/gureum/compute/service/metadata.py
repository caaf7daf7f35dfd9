"""Metadata of servers: what their owners write on them."""

from collections.abc import Mapping

from gureum.compute.server import Server
from gureum.compute.service import access
from gureum.compute.service.quotas import QUOTAS
from gureum.compute.store import servers as store
from gureum.kernel.caller import Caller
from gureum.kernel.faults import NotFound, OverQuota
from gureum.kernel.store.tx import Tx

_RULE = "os_compute_api:server-metadata"


def show_all(tx: Tx, caller: Caller, id: str) -> dict[str, str]:
    """Everything. Raises NotFound, Forbidden."""
    return access.get(tx, caller, id, f"{_RULE}:index").metadata


def show(tx: Tx, caller: Caller, id: str, key: str) -> dict[str, str]:
    """One item. Raises NotFound, Forbidden."""
    return {key: _item(access.get(tx, caller, id, f"{_RULE}:show"), key)}


def add(tx: Tx, caller: Caller, id: str, items: Mapping[str, str]) -> dict[str, str]:
    """Write more items on a server. Raises NotFound, Forbidden, OverQuota, Conflict."""
    server = access.get_unlocked(tx, caller, id, f"{_RULE}:create")
    return _write(tx, server, server.metadata | dict(items))


def change(tx: Tx, caller: Caller, id: str, items: Mapping[str, str]) -> None:
    """Change one item. Raises NotFound, Forbidden, OverQuota, Conflict."""
    server = access.get_unlocked(tx, caller, id, f"{_RULE}:update")
    _write(tx, server, server.metadata | dict(items))


def replace(tx: Tx, caller: Caller, id: str, items: Mapping[str, str]) -> dict[str, str]:
    """Write exactly these. Raises NotFound, Forbidden, OverQuota, Conflict."""
    return _write(tx, access.get_unlocked(tx, caller, id, f"{_RULE}:update_all"), dict(items))


def remove(tx: Tx, caller: Caller, id: str, key: str) -> None:
    """Take one item away. Raises NotFound, Forbidden, Conflict."""
    server = access.get_unlocked(tx, caller, id, f"{_RULE}:delete")
    _item(server, key)
    server.must_be("delete metadata", "active", "paused", "suspended", "stopped")
    store.change(tx, id, metadata={name: value for name, value in server.metadata.items() if name != key})


def check_quota(tx: Tx, project_id: str, items: Mapping[str, str]) -> None:
    """Raise OverQuota for more items than a server of the project may have."""
    limit = QUOTAS.of(tx, project_id)["metadata_items"]
    if 0 <= limit < len(items):
        raise OverQuota(f"Maximum number of metadata items exceeds {limit}", over=[], resource="metadata_items")


def _item(server: Server, key: str) -> str:
    if key not in server.metadata:
        raise NotFound("Metadata item was not found")
    return server.metadata[key]


def _write(tx: Tx, server: Server, items: dict[str, str]) -> dict[str, str]:
    check_quota(tx, server.project_id, items)
    server.must_be("update metadata", "active", "paused", "suspended", "stopped")
    store.change(tx, server.id, metadata=items)
    return items
