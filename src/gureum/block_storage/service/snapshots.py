"""Snapshots: made, shown, changed, deleted."""

from typing import Any

from gureum.block_storage.flows.create_snapshot import CreateSnapshot
from gureum.block_storage.flows.delete_snapshot import DeleteSnapshot
from gureum.block_storage.service import access, quotas
from gureum.block_storage.snapshot import DELETABLE, Snapshot
from gureum.block_storage.store import snapshots as store
from gureum.block_storage.store import types
from gureum.block_storage.volume import Volume
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid
from gureum.kernel.flow import intend
from gureum.kernel.ids import new_uuid
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx

STATES = (
    "error",
    "available",
    "creating",
    "deleting",
    "deleted",
    "updating",
    "error_deleting",
    "unmanaging",
    "backing-up",
    "restoring",
)


def create(
    tx: Tx,
    caller: Caller,
    volume_id: str,
    *,
    name: str | None,
    description: str | None,
    metadata: dict[str, str],
    in_use: bool,
) -> Snapshot:
    """Begin to make a snapshot of a volume, with `in_use` also of one that is attached. Raises NotFound, Forbidden, Invalid,
    OverQuota."""
    volume = access.volume(tx, caller, volume_id, "volume:get")
    policy.demand(access.SERVICE, "volume:create_snapshot", caller, volume.target)
    return make(tx, caller, volume, name=name, description=description, metadata=metadata, in_use=in_use)


def make(
    tx: Tx,
    caller: Caller,
    volume: Volume,
    *,
    name: str | None,
    description: str | None,
    metadata: dict[str, str],
    in_use: bool,
) -> Snapshot:
    """Begin to make a snapshot of a volume that the caller may use."""
    tx.lock("volume", volume.id)
    _must_hold_still(volume, in_use)
    kind = types.get(tx, volume.type_id)
    quotas.demand_snapshot(tx, volume.project_id, kind.name, volume.size)
    snapshot = Snapshot(
        id=new_uuid(),
        volume_id=volume.id,
        project_id=volume.project_id,
        user_id=caller.user_id,
        size=volume.size,
        status="creating",
        type_id=volume.type_id,
        created_at=clock.now(),
        agent=volume.agent,
        name=name,
        description=description,
        bootable=volume.bootable,
        metadata=metadata,
        image_metadata=volume.image_metadata,
    )
    store.add(tx, snapshot)
    intend(tx, CreateSnapshot, snapshot.id)
    return snapshot


def _must_hold_still(volume: Volume, in_use: bool) -> None:
    if volume.status == "maintenance":
        raise Invalid("Invalid volume: The snapshot cannot be created when the volume is in maintenance mode.")
    if volume.status == "error":
        raise Invalid("Invalid volume: The snapshot cannot be created when the volume is in error status.")
    if volume.status != "available" and not (in_use and volume.status == "in-use"):
        raise Invalid(
            f"Invalid volume: Volume {volume.id} status must be available, but current status is: {volume.status}."
        )
    if volume.agent is None:
        raise Conflict(f"Volume {volume.id} is not in any pool.")


def get(tx: Tx, caller: Caller, id: str, may: str = "volume:get_snapshot") -> Snapshot:
    """A snapshot that the caller sees and may do `may` to. Raises NotFound, Forbidden."""
    found = store.get(tx, id)
    if not (caller.is_admin or found.project_id == caller.project_id):
        raise store.missing(id)
    policy.demand(access.SERVICE, may, caller, found.target)
    return found


def update(tx: Tx, caller: Caller, id: str, **values: Any) -> Snapshot:
    """Change name or description. Raises NotFound, Forbidden."""
    get(tx, caller, id, "volume:update_snapshot")
    store.change(tx, id, **values)
    return store.get(tx, id)


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Begin to delete a snapshot. Raises NotFound, Forbidden, Invalid for one that is not at rest."""
    snapshot = get(tx, caller, id, "volume:delete_snapshot")
    if snapshot.status not in (*DELETABLE, "deleting", "error_deleting"):
        raise Invalid("Invalid snapshot: Snapshot status must be available or error and must not be part of a group.")
    begin_delete(tx, id)


def force_delete(tx: Tx, caller: Caller, id: str) -> None:
    """Begin to delete a snapshot in any state. Raises NotFound, Forbidden."""
    get(tx, caller, id, "volume_extension:snapshot_admin_actions:force_delete")
    begin_delete(tx, id)


def begin_delete(tx: Tx, id: str) -> None:
    """Begin to delete a snapshot that may be."""
    store.change(tx, id, status="deleting")
    intend(tx, DeleteSnapshot, id)


def reset_status(tx: Tx, caller: Caller, id: str, status: str) -> None:
    """Say in what state a snapshot is. Raises NotFound, Forbidden."""
    get(tx, caller, id, "volume_extension:snapshot_admin_actions:reset_status")
    store.change(tx, id, status=status)
