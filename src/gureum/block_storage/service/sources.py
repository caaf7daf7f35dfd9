"""What a new volume is made of besides an image: a snapshot, or another volume."""

from dataclasses import dataclass

from gureum.block_storage.service import access, snapshots, types
from gureum.block_storage.snapshot import Snapshot
from gureum.block_storage.store import types as type_store
from gureum.block_storage.volume import Volume
from gureum.block_storage.volume_type import VolumeType
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid
from gureum.kernel.store.tx import Tx


@dataclass(frozen=True)
class Origin:
    """The snapshot or the volume that is copied, or neither."""

    snapshot: Snapshot | None = None
    volume: Volume | None = None

    @property
    def found(self) -> Snapshot | Volume | None:
        """The one that there is."""
        return self.snapshot or self.volume

    @property
    def image_metadata(self) -> dict[str, str]:
        """What the origin kept of its image."""
        return {} if self.found is None else self.found.image_metadata

    def size(self, asked: int | None) -> int:
        """The new volume's size in GiB, the origin's where none is asked for. Raises Invalid for a smaller one."""
        least = 0 if self.found is None else self.found.size
        if asked is None and self.found is None:
            raise Invalid(
                "The server could not comply with the request since it is either malformed or otherwise incorrect."
            )
        size = least if asked is None else asked
        if size < least:
            what = "the snapshot size " if self.snapshot else "original volume size  "
            kept = "snapshot" if self.snapshot else "volume"
            raise Invalid(
                f"Invalid input received: Volume size '{size}'GB cannot be smaller than {what}{least}GB. "
                f"They must be >= original {kept} size."
            )
        return size

    def type(self, tx: Tx, caller: Caller, name: str | None) -> VolumeType:
        """The new volume's type: the origin's where there is one. Raises NotFound, Invalid when another one is asked for."""
        if self.found is None:
            return types.for_volume(tx, caller, name)
        asked = types.for_volume(tx, caller, name) if name else None
        if asked is not None and asked.id != self.found.type_id:
            raise Invalid(
                f"Invalid input received: Invalid volume_type {asked.id} provided for request. Requested type is not "
                "compatible; either match source volume, or omit type argument."
            )
        return type_store.get(tx, self.found.type_id)


def find(tx: Tx, caller: Caller, snapshot_id: str | None, volume_id: str | None, image: str | None) -> Origin:
    """What is to be copied. Raises NotFound, Forbidden, Invalid for more than one source or one that is not at rest."""
    snapshot = None if snapshot_id is None else snapshots.get(tx, caller, snapshot_id)
    volume = None if volume_id is None else access.volume(tx, caller, volume_id, "volume:get")
    if sum(one is not None for one in (snapshot, volume, image)) > 1:
        raise Invalid("Invalid input received: May specify only one of backup, imageRef, snapshot, source volume")
    if snapshot is not None and snapshot.status != "available":
        raise Invalid("Invalid snapshot: Originating snapshot status must be one of 'available' values")
    if volume is not None and volume.status not in ("available", "in-use"):
        raise Invalid("Invalid volume: Originating source volume status must be one of 'available, in-use' values")
    return Origin(snapshot, volume)
