"""Volumes: made, shown, changed, deleted."""

from dataclasses import dataclass, field
from typing import Any

from gureum.block_storage.attachment import Attachment
from gureum.block_storage.flows.create_volume import CreateVolume
from gureum.block_storage.flows.delete_volume import DeleteVolume
from gureum.block_storage.flows.extend_volume import ExtendVolume
from gureum.block_storage.service import access, images, quotas, snapshots, sources
from gureum.block_storage.snapshot import DELETABLE as DELETABLE_SNAPSHOTS
from gureum.block_storage.store import attachments, transfers
from gureum.block_storage.store import snapshots as snapshot_store
from gureum.block_storage.store import types as type_store
from gureum.block_storage.store import volumes as store
from gureum.block_storage.volume import DELETABLE, Volume
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid
from gureum.kernel.flow import intend
from gureum.kernel.ids import new_uuid
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx

ZONE = "nova"
_UNDELETABLE = (
    "Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing "
    "and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated "
    "from snapshots after volume transfer."
)


@dataclass(frozen=True)
class NewVolume:
    """What is asked for. `type` is a type's id or name, `image`, `snapshot` and `source` (a volume) are ids, at most one of which
    is given; without a size the volume is as large as what it is made of."""

    size: int | None
    name: str | None = None
    description: str | None = None
    type: str | None = None
    image: str | None = None
    snapshot: str | None = None
    source: str | None = None
    availability_zone: str | None = None
    metadata: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Seen:
    """A volume with what is shown beside it."""

    volume: Volume
    attachments: list[Attachment]
    type_name: str | None


def create(tx: Tx, caller: Caller, asked: NewVolume) -> Seen:
    """Begin to make a volume in the caller's project. Raises Forbidden, Invalid, NotFound, OverQuota."""
    policy.demand(access.SERVICE, "volume:create", caller)
    if asked.image is not None:
        policy.demand(access.SERVICE, "volume:create_from_image", caller)
    _fits("name", asked.name)
    _fits("description", asked.description)
    if asked.availability_zone not in (None, ZONE):
        raise Invalid(f"Availability zone '{asked.availability_zone}' is invalid.")
    origin = sources.find(tx, caller, asked.snapshot, asked.source, asked.image)
    size = origin.size(asked.size)
    image = None if asked.image is None else images.usable(tx, caller, asked.image, size)
    kind = origin.type(tx, caller, asked.type)
    if kind.multiattach:
        policy.demand(access.SERVICE, "volume:multiattach", caller)
    project_id = caller.project_id or ""
    quotas.demand(tx, project_id, kind.name, volumes=1, gigabytes=size, size=size)
    volume = Volume(
        id=new_uuid(),
        project_id=project_id,
        user_id=caller.user_id,
        size=size,
        status="creating",
        type_id=kind.id,
        availability_zone=ZONE,
        created_at=clock.now(),
        name=asked.name,
        description=asked.description,
        image_id=None if image is None else image.id,
        snapshot_id=asked.snapshot,
        source_id=asked.source,
        bootable=image is not None if origin.found is None else origin.found.bootable,
        multiattach=kind.multiattach,
        metadata=asked.metadata,
        image_metadata=images.remembered(image) if image is not None else dict(origin.image_metadata),
    )
    store.add(tx, volume)
    intend(tx, CreateVolume, volume.id)
    return Seen(volume, [], kind.name)


def get(tx: Tx, caller: Caller, id: str, may: str = "volume:get") -> Volume:
    """A volume that the caller sees. Raises NotFound, Forbidden."""
    return access.volume(tx, caller, id, may)


def show(tx: Tx, caller: Caller, id: str, may: str = "volume:get") -> Seen:
    """A volume with what is shown beside it. Raises NotFound, Forbidden."""
    volume = access.volume(tx, caller, id, may)
    kind = type_store.find(tx, volume.type_id)
    held = attachments.of_volumes(tx, [id]).get(id, [])
    return Seen(volume, held, None if kind is None else kind.name)


def update(tx: Tx, caller: Caller, id: str, **values: Any) -> Seen:
    """Change name, description or metadata. Raises NotFound, Forbidden, Invalid."""
    access.volume(tx, caller, id, "volume:update")
    _fits("name", values.get("name"))
    _fits("description", values.get("description"))
    store.change(tx, id, **values)
    return show(tx, caller, id, "volume:update")


def delete(tx: Tx, caller: Caller, id: str, *, cascade: bool = False) -> None:
    """Begin to delete a volume, with `cascade` its snapshots too. Raises NotFound, Forbidden, Invalid for one that is held, has
    snapshots, or is not at rest."""
    tx.lock("volume", id)
    volume = access.volume(tx, caller, id, "volume:delete")
    if volume.status == "deleting":
        return
    kept = snapshot_store.of_volume(tx, id)
    if volume.status not in DELETABLE or attachments.of_volumes(tx, [id]) or (kept and not cascade):
        raise Invalid(_UNDELETABLE)
    if any(one.status not in (*DELETABLE_SNAPSHOTS, "deleting", "error_deleting") for one in kept):
        raise Invalid("Invalid volume: Failed to update snapshot.")
    for one in kept:
        snapshots.begin_delete(tx, one.id)
    _delete(tx, volume)


def end(tx: Tx, caller: Caller, id: str) -> None:
    """Delete a volume that goes with its server, made or half made, unless somebody else needs it or the caller may not."""
    volume = store.find(tx, id)
    if volume is None or attachments.of_volumes(tx, [id]) or snapshot_store.of_volume(tx, id):
        return
    allowed = policy.allows(access.SERVICE, "volume:delete", caller, volume.target)
    if allowed and volume.status in (*DELETABLE, "creating", "downloading", "extending"):
        _delete(tx, volume)


def force_delete(tx: Tx, caller: Caller, id: str) -> None:
    """Begin to delete a volume in any state that nobody holds. Raises NotFound, Forbidden, Invalid."""
    volume = access.volume(tx, caller, id, "volume_extension:volume_admin_actions:force_delete")
    if attachments.of_volumes(tx, [id]) or snapshot_store.of_volume(tx, id):
        raise Invalid(
            "Invalid volume: Volume status must be  and must not be migrating, attached, belong to a group, have "
            "snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer."
        )
    _delete(tx, volume)


def _delete(tx: Tx, volume: Volume) -> None:
    transfers.remove_of(tx, volume.id)
    store.change(tx, volume.id, status="deleting")
    intend(tx, DeleteVolume, volume.id)


def extend(tx: Tx, caller: Caller, id: str, size: int, *, in_use: bool = False) -> None:
    """Begin to make a volume larger, with `in_use` also one that is attached. Raises NotFound, Forbidden, Invalid, OverQuota."""
    attached = in_use and store.get(tx, id).status == "in-use"
    volume = access.volume(tx, caller, id, "volume:extend_attached_volume" if attached else "volume:extend")
    if volume.status != "available" and not attached:
        raise Invalid(
            f"Invalid volume: Volume {id} status must be '{{'status': 'available'}}' to extend, currently "
            f"{volume.status}."
        )
    if size <= volume.size:
        raise Invalid(
            "Invalid input received: New size for extend must be greater than current size. "
            f"(current: {volume.size}, extended: {size})."
        )
    kind = type_store.get(tx, volume.type_id)
    quotas.demand(tx, volume.project_id, kind.name, volumes=0, gigabytes=size - volume.size, size=size)
    store.change(tx, id, status="extending", extending_to=size)
    intend(tx, ExtendVolume, id)


def set_bootable(tx: Tx, caller: Caller, id: str, bootable: bool) -> None:
    """Say whether a server may boot from a volume. Raises NotFound, Forbidden."""
    access.volume(tx, caller, id, "volume:update")
    store.change(tx, id, bootable=bootable)


def set_readonly(tx: Tx, caller: Caller, id: str, readonly: bool) -> None:
    """Say whether guests may only read a volume that they get from now on. Raises NotFound, Forbidden, Invalid."""
    volume = access.volume(tx, caller, id, "volume:update_readonly_flag")
    if volume.status != "available":
        raise Invalid(
            f"Invalid volume: Volume {id} status must be available to update readonly flag, but current status is: "
            f"{volume.status}."
        )
    store.change(tx, id, readonly=readonly)


def _fits(name: str, value: str | None) -> None:
    if value is not None and len(value) > 255:
        raise Invalid(f"Invalid input received: {name} has {len(value)} characters, more than 255.")
