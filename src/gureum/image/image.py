"""What an image is: its states, its legal moves, and who sees it."""

from dataclasses import dataclass, field
from typing import Literal

from gureum.kernel.clock import Micros
from gureum.kernel.faults import Conflict

Status = Literal["queued", "saving", "active", "deactivated"]
Visibility = Literal["private", "shared", "public", "community"]

VISIBILITIES = ("community", "public", "private", "shared")
DISK_FORMATS = ("ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop")
CONTAINER_FORMATS = ("ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed")
PLAIN_CONTAINERS = ("ami", "ari", "aki", "bare")
"""Containers that are the disk itself; the others are archives, which nobody looks into."""

_MOVES: dict[str, tuple[str, ...]] = {
    "queued": ("saving",),
    "saving": ("active", "queued"),
    "active": ("deactivated",),
    "deactivated": ("active",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image. Sizes are bytes, `min_disk` GiB, `min_ram` MiB; what is not known yet is None.

    `checksum` is the MD5 and `hash_value` the SHA-512 of the bytes, both in hex. `upload_id` names the upload that is running,
    `failure` says why the last one came to nothing.
    """

    id: str
    name: str | None = None
    owner: str | None = None
    visibility: Visibility = "shared"
    status: Status = "queued"
    disk_format: str | None = None
    container_format: str | None = None
    size: int | None = None
    virtual_size: int | None = None
    checksum: str | None = None
    hash_value: str | None = None
    min_disk: int = 0
    min_ram: int = 0
    protected: bool = False
    hidden: bool = False
    created_at: Micros = 0
    updated_at: Micros = 0
    upload_id: str | None = None
    failure: str | None = None
    tags: tuple[str, ...] = ()
    properties: dict[str, str] = field(default_factory=dict[str, str])

    def must_become(self, status: Status) -> None:
        """Raise Conflict unless the image may move to `status`."""
        if status not in _MOVES[self.status]:
            raise Conflict(f"Image status transition from {self.status} to {status} is not allowed")
