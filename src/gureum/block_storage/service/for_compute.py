"""The door for compute: volumes as disks of servers.

Attaching goes reserve → export_ask → exported → set_device → (the guest gets the disk) → complete; detaching goes
begin_detach → (the guest loses it) → unexport_ask → detached. `release` ends everything that a dead server had.
"""

from collections.abc import Iterable

from gureum.block_storage.attachment import Attachment
from gureum.block_storage.service import access, exports, holds, snapshots
from gureum.block_storage.service.exports import Body
from gureum.block_storage.service.images import ABOUT_IMAGE
from gureum.block_storage.snapshot import Snapshot
from gureum.block_storage.store import attachments as store
from gureum.block_storage.store import volumes
from gureum.block_storage.volume import RESTING, Volume
from gureum.contracts.hypervisor import VolumeDisk
from gureum.contracts.volumes import ExportReport
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid
from gureum.kernel.flow import Target
from gureum.kernel.store.tx import Tx


def get(tx: Tx, caller: Caller, volume_id: str) -> Volume:
    """A volume that the caller may see. Raises NotFound, Forbidden."""
    return access.volume(tx, caller, volume_id, "volume:get")


def snapshot(tx: Tx, caller: Caller, snapshot_id: str) -> Snapshot:
    """A snapshot that the caller may see. Raises NotFound, Forbidden."""
    return snapshots.get(tx, caller, snapshot_id)


def image_properties(found: Volume | Snapshot) -> dict[str, str]:
    """The properties of the image that a volume or a snapshot came from."""
    return {name: value for name, value in found.image_metadata.items() if name not in ABOUT_IMAGE}


def is_made(tx: Tx, volume_id: str) -> bool:
    """Whether a new volume is there by now. Raises Invalid when it could not be made, NotFound when it is gone."""
    volume = volumes.get(tx, volume_id)
    if volume.status not in ("creating", "downloading", "available"):
        raise Invalid(volume.fault or f"Volume {volume_id} could not be made: its status is {volume.status}.")
    return volume.status == "available"


def check_attach(tx: Tx, volume: Volume) -> None:
    """Raise Invalid, in compute's words, for a volume that others have and that may not be shared."""
    if volume.multiattach:
        return
    holders = [one for one in holds.of_volume(tx, volume.id) if one.status == "attached"]
    if holders:
        servers = ", ".join(one.server_id or "" for one in holders)
        raise Invalid(f"Invalid volume: volume {volume.id} is already attached to instances: {servers}")
    if volume.status != "available":
        raise Invalid(f"Invalid volume: status must be 'available'. Currently in '{volume.status}'")


def reserve(tx: Tx, caller: Caller, volume_id: str, server_id: str) -> str:
    """Hold a volume for a server; gives the attachment's id. Raises NotFound, Forbidden, Invalid when it is not free."""
    volume = access.volume(tx, caller, volume_id, "volume:attachment_create")
    try:
        return holds.reserve(tx, caller, volume, server_id, by_compute=True).id
    except Invalid as fault:
        raise _relayed(caller, fault) from None


def must_wait(tx: Tx, attachment_id: str, host: str) -> bool:
    """Whether `host` is losing the volume for another server just now, so that `export_ask` must wait. Raises NotFound."""
    return exports.in_the_way(tx, store.get(tx, attachment_id), host)


def export_ask(tx: Tx, attachment_id: str, host: str) -> tuple[Target, Body]:
    """Whom to ask, and what, so that `host` can open the volume. Raises NotFound."""
    return exports.ask(tx, attachment_id, host)


def exported(tx: Tx, attachment_id: str, report: ExportReport) -> None:
    """Keep the answer: what the host opens."""
    exports.exported(tx, attachment_id, report)


def set_device(tx: Tx, attachment_id: str, device: str) -> None:
    """Keep the device, as /dev/vdb."""
    store.change(tx, store.get(tx, attachment_id), device=device)


def disks(tx: Tx, server_id: str) -> tuple[VolumeDisk, ...]:
    """The server's volumes as its host shall plug them: those whose export stands, have a device and are not detaching."""
    found: list[VolumeDisk] = []
    for one in store.of_servers(tx, [server_id]).get(server_id, []):
        source = one.opened()
        if source is not None and one.device and one.status in ("attaching", "attached"):
            found.append(VolumeDisk(device=one.device.removeprefix("/dev/"), volume_id=one.volume_id, source=source))
    return tuple(found)


def complete(tx: Tx, attachment_id: str, device: str | None = None) -> None:
    """The guest has the disk: attachment attached and volume in use. Raises NotFound."""
    holds.complete(tx, store.get(tx, attachment_id), device)


def begin_detach(tx: Tx, caller: Caller, volume_id: str, server_id: str) -> str:
    """The guest shall lose the disk; gives the attachment's id. Raises NotFound, Forbidden, Invalid when it is not attached."""
    volume = access.volume(tx, caller, volume_id, "volume_extension:volume_actions:begin_detaching")
    one = holds.of_server(tx, volume_id, server_id)
    if one is None or one.status != "attached" or volume.status not in RESTING:
        fault = Invalid(
            "Invalid volume: Unable to detach volume. Volume status must be 'in-use' and attach_status must be "
            "'attached' to detach."
        )
        raise Invalid(f"Invalid volume: {_relayed(caller, fault).message}")
    store.change(tx, one, status="detaching")
    return one.id


def roll_detach(tx: Tx, attachment_id: str) -> None:
    """The guest keeps the disk after all."""
    one = store.find(tx, attachment_id)
    if one is not None and one.status == "detaching":
        store.change(tx, one, status="attached")


def unexport_ask(tx: Tx, attachment_id: str) -> tuple[Target, Body] | None:
    """Whom to ask, and what, so that the host cannot open the volume any more; None when there is nothing to ask."""
    one = store.find(tx, attachment_id)
    return None if one is None else exports.unexport(tx, one)


def exported_to(tx: Tx, attachment_id: str) -> str | None:
    """The host that the volume is exported to, or may be."""
    one = store.find(tx, attachment_id)
    return None if one is None else one.export_host


def unexported(tx: Tx, attachment_id: str) -> None:
    """The export is gone and the attachment stays: it is reserved again, for another host."""
    one = store.find(tx, attachment_id)
    if one is not None:
        store.change(tx, one, status="reserved", export_host=None, host_name=None, source=None)


def detached(tx: Tx, attachment_id: str) -> None:
    """Guest and export are gone: so is the attachment, and the volume is free for others."""
    one = store.find(tx, attachment_id)
    if one is not None:
        store.remove(tx, one)


def abort_reserve(tx: Tx, attachment_id: str) -> None:
    """The server does not get the disk. An export that was asked for is taken away by a flow of this service."""
    one = store.find(tx, attachment_id)
    if one is not None:
        exports.let_go(tx, one)


def release(tx: Tx, server_id: str) -> None:
    """The server's guest is gone: end all its attachments. Exports that still stand are taken away by a flow of this service,
    and each volume is free once its own is."""
    for one in store.of_servers(tx, [server_id]).get(server_id, []):
        exports.let_go(tx, one)


def attachments_of(tx: Tx, server_ids: Iterable[str]) -> dict[str, list[Attachment]]:
    """The attachments of several servers, oldest first, in one query; servers without any are left out."""
    return store.of_servers(tx, server_ids)


def attachment(tx: Tx, volume_id: str, server_id: str) -> Attachment | None:
    """A server's attachment of a volume, or None."""
    return holds.of_server(tx, volume_id, server_id)


def _relayed(caller: Caller, fault: Invalid) -> Invalid:
    """A refusal of this service, as compute's clients are used to read it."""
    return Invalid(f"Invalid input received: {fault.message} (HTTP 400) (Request-ID: {caller.request_id})")
