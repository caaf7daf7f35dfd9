"""Volumes of a storage pool, and how a host gets at them."""

from gureum.contracts.hypervisor import ImageSource, VolumeSource
from gureum.contracts.message import Message


class EnsureVolume(Message, frozen=True, kw_only=True):
    """A volume of at least `size_gib` shall exist: blank, or (only when it is made) with the bytes of `image`, of a snapshot or
    of another volume of the same pool as it is now.

    A larger `size_gib` than the present one grows it, also under a running guest; it never shrinks.
    """

    volume_id: str
    size_gib: int
    image: ImageSource | None = None
    snapshot_id: str | None = None
    source_id: str | None = None


class RemoveVolume(Message, frozen=True, kw_only=True):
    volume_id: str


class EnsureSnapshot(Message, frozen=True, kw_only=True):
    """The pool shall keep what the volume holds at one instant of making it, also while a guest writes to it."""

    snapshot_id: str
    volume_id: str


class RemoveSnapshot(Message, frozen=True, kw_only=True):
    snapshot_id: str


class EnsureExport(Message, frozen=True, kw_only=True):
    """`host` shall be able to open the volume."""

    volume_id: str
    host: str


class RemoveExport(Message, frozen=True, kw_only=True):
    volume_id: str
    host: str


class ExportReport(Message, frozen=True, kw_only=True):
    """Report of an `EnsureExport`: what the host opens."""

    source: VolumeSource


class PoolState(Message, frozen=True, kw_only=True):
    """Told at every connect and then now and again: the pool's name and space in GiB."""

    pool: str
    backend: str
    """Upstream's volume_backend_name."""
    total_gib: float
    free_gib: float
