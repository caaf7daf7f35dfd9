"""Holds: how an attachment begins and when it is complete, whoever asks."""

from gureum.block_storage.attachment import Attachment
from gureum.block_storage.service import access
from gureum.block_storage.store import attachments as store
from gureum.block_storage.store import volumes
from gureum.block_storage.volume import RESTING, Volume
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid
from gureum.kernel.ids import new_uuid
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx


def reserve(
    tx: Tx, caller: Caller, volume: Volume, server_id: str | None, *, mode: str | None = None, by_compute: bool = False
) -> Attachment:
    """A new reservation. Raises Invalid in the volume service's own words."""
    _must_be_free(tx, caller, volume, server_id)
    attachment = Attachment(
        id=new_uuid(),
        volume_id=volume.id,
        project_id=volume.project_id,
        server_id=server_id,
        status="reserved",
        created_at=clock.now(),
        by_compute=by_compute,
        mode=mode,
    )
    store.add(tx, attachment)
    return attachment


def complete(tx: Tx, attachment: Attachment, device: str | None = None) -> None:
    """Whoever holds the volume has it: attachment attached and volume in use."""
    if attachment.status == "attached":
        return
    mode = attachment.mode or ("ro" if volumes.get(tx, attachment.volume_id).readonly else "rw")
    values = {"device": device} if device else {}
    store.change(tx, attachment, status="attached", attached_at=clock.now(), mode=mode, **values)


def of_volume(tx: Tx, volume_id: str) -> list[Attachment]:
    """A volume's attachments, oldest first."""
    return store.of_volumes(tx, [volume_id]).get(volume_id, [])


def of_server(tx: Tx, volume_id: str, server_id: str) -> Attachment | None:
    """A server's attachment of a volume, or None."""
    return next((one for one in of_volume(tx, volume_id) if one.server_id == server_id), None)


def _must_be_free(tx: Tx, caller: Caller, volume: Volume, server_id: str | None) -> None:
    """A server that has the volume already may hold it twice: so it moves between hosts."""
    shared = volume.multiattach and volume.status in RESTING
    if shared and volume.status != "available" and volume.bootable:
        policy.demand(access.SERVICE, "volume:multiattach_bootable_volume", caller, volume.target)
    if (
        shared
        or volume.status == "available"
        or (server_id is not None and of_server(tx, volume.id, server_id) is not None)
    ):
        return
    expected = "available or in-use or downloading" if volume.multiattach else "available or downloading"
    raise Invalid(
        f"Invalid volume: Volume {volume.id} status must be {expected} to reserve, but the current status is "
        f"{volume.status}."
    )
