"""Volumes that a new server gets: found or begun to be made with the server, reserved, and named as disks."""

from collections.abc import Sequence
from typing import Any

from gureum.block_storage.service import for_compute as block_storage
from gureum.block_storage.service import volumes as storage_volumes
from gureum.block_storage.service.volumes import NewVolume
from gureum.compute.block_device import VolumeMapping
from gureum.compute.flavor import Flavor
from gureum.compute.flows.spec import ROOT_DEVICE, blanks
from gureum.compute.server import Server
from gureum.compute.store import volumes as store
from gureum.compute.store.volumes import BOOTING, ServerVolume
from gureum.image.service import for_compute as images
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Forbidden, Invalid, NotFound
from gureum.kernel.ids import new_uuid
from gureum.kernel.numbers import natural
from gureum.kernel.store.tx import Tx

_GIB = 1024**3
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_INVALID = "Block Device Mapping is Invalid: "


def check(tx: Tx, caller: Caller, mappings: Sequence[VolumeMapping], servers: int) -> None:
    """Raise Invalid for what cannot be mapped."""
    if servers > 1 and any(one.source == "volume" for one in mappings):
        raise Invalid("Cannot attach one or more volumes to multiple instances", name="InvalidRequest")
    named = [one.id for one in mappings if one.source == "volume"]
    if len(set(named)) < len(named):
        raise Invalid(f"{_INVALID}a volume is mapped twice.")
    if len(mappings) > len(_LETTERS) - 3:
        raise Invalid(f"{_INVALID}too many volumes.")
    for one in mappings:
        _check(tx, caller, one)


def _check(tx: Tx, caller: Caller, one: VolumeMapping) -> None:
    if one.source == "image":
        try:
            image = images.get(tx, caller, one.id or "")
        except NotFound:
            raise Invalid(f"{_INVALID}failed to get image {one.id}.", name="InvalidBDMImage") from None
        if not one.size:
            raise Invalid("Images with destination_type 'volume' need to have a non-zero size specified")
        if image.min_disk > one.size:
            raise Invalid(
                "Volume is smaller than the minimum size specified in image metadata. Volume size is "
                f"{one.size * _GIB} bytes, minimum size is {image.min_disk * _GIB} bytes.",
                name="VolumeSmallerThanMinDisk",
            )
        return
    if one.source == "blank":
        bootable = not one.is_root
    elif one.source == "volume":
        volume = _volume(tx, caller, one.id or "")
        block_storage.check_attach(tx, volume)
        bootable = volume.bootable
    else:
        try:
            bootable = block_storage.snapshot(tx, caller, one.id or "").bootable
        except (NotFound, Forbidden):
            raise Invalid(f"{_INVALID}failed to get snapshot {one.id}.", name="InvalidBDMSnapshot") from None
    if one.is_root and not bootable:
        raise Invalid(f"Block Device {one.id} is not bootable.", name="InvalidBDMVolumeNotBootable")


def _volume(tx: Tx, caller: Caller, id: str) -> block_storage.Volume:
    try:
        return block_storage.get(tx, caller, id)
    except (NotFound, Forbidden):
        raise Invalid(f"Volume {id} could not be found.", name="VolumeNotFound") from None


def root_properties(tx: Tx, caller: Caller, root: VolumeMapping, flavor: Flavor) -> dict[str, Any]:
    """What the server remembers of what is on its root volume. Raises Invalid for a flavor with too little memory."""
    if root.source == "image":
        image = images.get(tx, caller, root.id or "")
        least, kept = image.min_ram, dict(image.properties)
    else:
        found = (
            _volume(tx, caller, root.id or "")
            if root.source == "volume"
            else block_storage.snapshot(tx, caller, root.id or "")
        )
        least = natural(found.image_metadata.get("min_ram", "0")) or 0
        kept = block_storage.image_properties(found)
    if flavor.ram < least:
        raise Invalid(
            f"Flavor's memory is too small for requested image. Flavor memory is {flavor.ram} MB, "
            f"image needs {least} MB.",
            name="FlavorMemoryTooSmall",
        )
    return {"image_id": "", "image_properties": kept, "image_source": {}}


def give(tx: Tx, caller: Caller, server: Server, mappings: Sequence[VolumeMapping]) -> None:
    """Make or reserve the volumes of a new server. Raises Invalid, OverQuota."""
    taken = {ROOT_DEVICE, *(disk.device for disk in blanks(server.flavor))}
    free = [f"vd{letter}" for letter in _LETTERS if f"vd{letter}" not in taken]
    for one in mappings:
        volume_id = one.id or ""
        attachment = None
        if one.source == "volume":
            attachment = block_storage.reserve(tx, caller, volume_id, server.id)
        else:
            volume_id = _make(tx, caller, one)
        row = ServerVolume(
            server_id=server.id,
            volume_id=volume_id,
            id=new_uuid(),
            attachment_id=attachment,
            device=f"/dev/{ROOT_DEVICE if one.is_root else free.pop(0)}",
            tag=one.tag,
            delete_on_termination=one.delete_on_termination,
            state=BOOTING,
            action_id=None,
            created_at=clock.now(),
            boot_index=one.boot_index,
            made=one.source != "volume",
        )
        store.add(tx, row)


def _make(tx: Tx, caller: Caller, one: VolumeMapping) -> str:
    asked = NewVolume(
        size=one.size,
        name="",
        description="",
        type=one.volume_type,
        image=one.id if one.source == "image" else None,
        snapshot=one.id if one.source == "snapshot" else None,
    )
    try:
        return storage_volumes.create(tx, caller, asked).volume.id
    except NotFound as fault:
        raise Invalid(fault.message) from None
