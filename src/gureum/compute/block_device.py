"""Disks that a new server is asked to have: what each is made of, where it lies, and whether the server boots from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gureum.kernel.faults import Invalid

Source = Literal["image", "volume", "snapshot", "blank"]
_SEQUENCE = "Boot sequence for the instance and image/block device mapping combination is not valid."


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeMapping:
    """A volume that a new server shall have: `id` is that of the source, None for a blank one; `size` is in GiB.

    The root disk has `boot_index` 0; others may have a higher one, or none.
    """

    source: Source
    id: str | None = None
    size: int | None = None
    boot_index: int | None = None
    delete_on_termination: bool = False
    tag: str | None = None
    volume_type: str | None = None

    @property
    def is_root(self) -> bool:
        """Whether the server boots from it."""
        return self.boot_index == 0


def root_of(mappings: Sequence[VolumeMapping], image_id: str) -> VolumeMapping | None:
    """The volume to boot from; None where the image is the root disk. Raises Invalid unless the order of booting is plain."""
    indexes = [one.boot_index for one in mappings if one.boot_index is not None and one.boot_index >= 0]
    if image_id:
        indexes.append(0)
    if sorted(indexes) != list(range(len(indexes))) or not indexes:
        raise Invalid(_SEQUENCE, name="InvalidBDMBootSequence")
    return next((one for one in mappings if one.is_root), None)
