"""Metadata of snapshots."""

from gureum.block_storage.service import snapshots
from gureum.block_storage.store import snapshots as store
from gureum.kernel.caller import Caller
from gureum.kernel.faults import NotFound
from gureum.kernel.store.tx import Tx

_UPDATE = "volume:update_snapshot_metadata"


def show(tx: Tx, caller: Caller, id: str) -> dict[str, str]:
    """All of it. Raises NotFound, Forbidden."""
    return snapshots.get(tx, caller, id, "volume:get_snapshot_metadata").metadata


def one(tx: Tx, caller: Caller, id: str, key: str) -> str:
    """One value. Raises NotFound, Forbidden."""
    values = show(tx, caller, id)
    if key not in values:
        raise _no_key(id, key)
    return values[key]


def add(tx: Tx, caller: Caller, id: str, values: dict[str, str]) -> dict[str, str]:
    """Put values beside those that are there. Raises NotFound, Forbidden."""
    return _put(tx, id, snapshots.get(tx, caller, id, _UPDATE).metadata | values)


def replace(tx: Tx, caller: Caller, id: str, values: dict[str, str]) -> dict[str, str]:
    """Put values in place of all that are there. Raises NotFound, Forbidden."""
    snapshots.get(tx, caller, id, _UPDATE)
    return _put(tx, id, values)


def remove(tx: Tx, caller: Caller, id: str, key: str) -> None:
    """Take one value away. Raises NotFound, Forbidden."""
    values = dict(snapshots.get(tx, caller, id, "volume:delete_snapshot_metadata").metadata)
    if values.pop(key, None) is None:
        raise _no_key(id, key)
    _put(tx, id, values)


def _put(tx: Tx, id: str, values: dict[str, str]) -> dict[str, str]:
    store.change(tx, id, metadata=values)
    return values


def _no_key(id: str, key: str) -> NotFound:
    return NotFound(f"Snapshot {id} has no metadata with key {key}.")
