"""An administrator's word on a volume's state."""

from gureum.block_storage.service import access, exports
from gureum.block_storage.store import attachments, volumes
from gureum.block_storage.volume import OFFERED, RESTING, status_of
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid
from gureum.kernel.store.tx import Tx

STATES = (
    "creating",
    "available",
    "deleting",
    "error",
    "error_deleting",
    "error_managing",
    "managing",
    "attaching",
    "in-use",
    "detaching",
    "maintenance",
    "restoring-backup",
    "error_restoring",
    "reserved",
    OFFERED,
    "backing-up",
    "error_backing-up",
    "error_extending",
    "downloading",
    "uploading",
    "retyping",
    "extending",
)


def reset(tx: Tx, caller: Caller, id: str, status: str | None, attach_status: str | None) -> None:
    """Set a volume's state, never against its attachments. Raises NotFound, Forbidden, Invalid, Conflict for what a server
    holds."""
    volume = access.volume(tx, caller, id, "volume_extension:volume_admin_actions:reset_status")
    if attach_status == "detached":
        _let_go(tx, id)
    held = attachments.of_volumes(tx, [id]).get(id, [])
    if attach_status == "attached" and not any(one.status == "attached" for one in held):
        raise Invalid("Cannot reset attach status to attached because volume does not have any attachments.")
    if status is None:
        return
    if status in RESTING and status != status_of((one.status for one in held), shared=volume.multiattach):
        why = "has attachments" if held else "does not have any attachments"
        raise Invalid(f"Cannot reset-state to {status} because volume {why}.")
    volumes.change(tx, id, status=status)


def _let_go(tx: Tx, id: str) -> None:
    for one in attachments.of_volumes(tx, [id]).get(id, []):
        if one.by_compute:
            raise Conflict(
                f"ConflictNovaUsingAttachment: Detach volume from instance {one.server_id} using the Compute API"
            )
        exports.let_go(tx, one)
