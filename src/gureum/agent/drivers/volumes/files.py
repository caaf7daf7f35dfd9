"""A storage pool of qcow2 files in a directory. On the pool's own host QEMU opens the file itself: no daemon to die."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gureum.agent.drivers.images.cache import ImageCache
from gureum.agent.drivers.images.tool import (
    CONVERT_SECONDS,
    copy_cold,
    directory_for_guest,
    empty_for_guest,
    keep,
    qemu_img,
    virtual_size,
)
from gureum.agent.drivers.protocols import Disks, DriverFault, Things
from gureum.agent.host.settings import HostSettings, from_mapping
from gureum.contracts.hypervisor import FileSource, ImageSource
from gureum.contracts.volumes import EnsureSnapshot, EnsureVolume, PoolState

GIB = 1024**3


class FilePool:
    """The `Volumes` driver."""

    def __init__(self, settings: HostSettings) -> None:
        self._settings = settings
        self._home = directory_for_guest(settings.pool_directory or settings.state / "volumes")
        self._images = ImageCache(settings.state)

    def state(self) -> PoolState:
        """The pool's name and space."""
        disk = os.statvfs(self._home)
        return PoolState(
            pool=self._settings.pool,
            backend=self._settings.pool,
            total_gib=disk.f_blocks * disk.f_frsize / GIB,
            free_gib=disk.f_bavail * disk.f_frsize / GIB,
        )

    def ensure(self, spec: EnsureVolume, disks: Disks, progress: Callable[[int], None]) -> None:
        """Make the volume, or grow it. DriverFault when the image does not fit, or what it is to be made of is not there."""
        path, wanted = self._path(spec.volume_id), spec.size_gib * GIB
        if not path.exists():
            part = empty_for_guest(path.with_suffix(".part"))
            if spec.image is not None:
                self._fill(part, spec.image, wanted, progress)
            elif spec.snapshot_id is not None:
                _copy(self._snapshot_path(spec.snapshot_id), part, disks, progress)
            elif spec.source_id is not None:
                _copy(self._path(spec.source_id), part, disks, progress)
            else:
                qemu_img(("create", "-q", "-f", "qcow2", part, str(wanted)), "The volume could not be made.")
            keep(part, path)
        if virtual_size(path, "qcow2") < wanted and not disks.grow_disk(path, wanted):
            qemu_img(("resize", "-q", "-f", "qcow2", path, str(wanted)), "The volume could not be extended.")

    def snapshot(self, spec: EnsureSnapshot, disks: Disks, progress: Callable[[int], None]) -> None:
        """Keep a copy of the volume as it is now. DriverFault when the volume is not there."""
        path = self._snapshot_path(spec.snapshot_id)
        if not path.exists():
            part = empty_for_guest(path.with_suffix(".part"))
            _copy(self._path(spec.volume_id), part, disks, progress)
            keep(part, path)

    def _fill(self, part: Path, image: ImageSource, wanted: int, progress: Callable[[int], None]) -> None:
        base = self._images.ensure(image, lambda percent: progress(percent // 2))
        needs = virtual_size(base, base.suffix[1:])
        if needs > wanted:
            raise DriverFault(f"The image needs a volume of {-(-needs // GIB)} GiB, {wanted // GIB} were asked for.")

        def tick() -> None:
            progress(50 + min(49, part.stat().st_blocks * 512 * 50 // max(needs, 1)))

        words = ("convert", "-f", base.suffix[1:], "-O", "qcow2", base, part)
        qemu_img(words, "The volume could not be made from the image.", seconds=CONVERT_SECONDS, tick=tick)

    def remove(self, volume_id: str) -> None:
        """Take the volume away."""
        _remove(self._path(volume_id))

    def remove_snapshot(self, snapshot_id: str) -> None:
        """Take the snapshot away."""
        _remove(self._snapshot_path(snapshot_id))

    def things(self) -> Things:
        """Volumes and snapshots with a file, whole or half made."""
        return {"volume": self._ids("volume"), "volume_snapshot": self._ids("snapshot")}

    def _ids(self, kind: str) -> list[str]:
        return sorted({path.stem.removeprefix(f"{kind}-") for path in self._home.glob(f"{kind}-*")})

    def export(self, volume_id: str, host: str) -> FileSource:
        """What `host` opens. DriverFault for a volume that is not there, or another host."""
        path = self._path(volume_id)
        if not path.exists():
            raise DriverFault("The volume is not there.", f"{volume_id} in pool {self._settings.pool}")
        if host != self._settings.name:
            raise DriverFault(
                f"Volumes of pool {self._settings.pool} can only be attached to servers on host {self._settings.name}.",
                f"asked for host {host}",
            )
        return FileSource(path=str(path), format="qcow2")

    def unexport(self, volume_id: str, host: str) -> None:
        """Nothing stands between the file and its own host."""

    def _path(self, volume_id: str) -> Path:
        return self._file("volume", volume_id)

    def _snapshot_path(self, snapshot_id: str) -> Path:
        return self._file("snapshot", snapshot_id)

    def _file(self, kind: str, id: str) -> Path:
        if not re.fullmatch(r"[0-9A-Za-z-]{1,64}", id):
            raise DriverFault(f"The {kind}'s id is malformed.")
        return self._home / f"{kind}-{id}.qcow2"


def _copy(source: Path, part: Path, disks: Disks, progress: Callable[[int], None]) -> None:
    """What `source` holds at one instant, by the guest that has it open where there is one."""
    if not source.exists():
        raise DriverFault("What is to be copied is not in the pool.", source.name)
    if disks.copy_disk(source, part, progress):
        return
    copy_cold(source, part, "The volume could not be copied.", progress)


def _remove(path: Path) -> None:
    for file in (path, path.with_suffix(".part")):
        file.unlink(missing_ok=True)


def open(state: Path, settings: Mapping[str, Any]) -> FilePool:
    """For the registry. `settings` as HostSettings."""
    return FilePool(from_mapping(state, settings))
