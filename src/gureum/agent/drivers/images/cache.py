"""The host's cache of images: each checked once, then a file that never changes, under overlays of many guests."""

import contextlib
import fcntl
import hashlib
import os
import re
import struct
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import structlog

from gureum.agent.drivers.images.tool import (
    CONVERT_SECONDS,
    directory_for_guest,
    empty_for_guest,
    qemu_img,
    virtual_size,
)
from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.host.settings import from_mapping
from gureum.contracts.hypervisor import ImageSource

log = structlog.get_logger()

FICLONE = 0x40049409
CHUNK = 4 * 1024 * 1024
KEPT = {"raw": "raw", "iso": "raw", "ami": "raw", "qcow2": "qcow2"}
"""Formats a guest's overlay stands on as they are."""
CONVERTED = {"vmdk": "vmdk", "vdi": "vdi", "vhd": "vpc", "vhdx": "vhdx"}
"""Formats made into qcow2 first, with qemu-img's names for them."""
BACKING_OFFSET = 8


class ImageCache:
    """The `Images` driver."""

    def __init__(self, state: Path) -> None:
        self._home = directory_for_guest(state / "images")
        self._instances = state / "instances"
        self._lock = threading.Lock()
        self._making: dict[str, threading.Lock] = {}

    def ensure(self, image: ImageSource, progress: Callable[[int], None]) -> Path:
        """The image as a local file, `….raw` or `….qcow2` by what it is. DriverFault when the bytes are not those promised."""
        if not re.fullmatch(r"[0-9A-Za-z-]{1,64}", image.image_id) or not re.fullmatch(
            r"[0-9a-f]{1,128}", image.sha512
        ):
            raise DriverFault("The image's description is malformed.")
        form = KEPT.get(image.format) or ("qcow2" if image.format in CONVERTED else "")
        if not form:
            raise DriverFault(f"No guest can be made from an image of format {image.format}.")
        path = self._home / f"{image.image_id}.{image.sha512[:16]}.{form}"
        with self._lock:
            making = self._making.setdefault(path.name, threading.Lock())
        with making:
            if not path.exists():
                self._fetch(image, path, progress)
            path.touch()
        return path

    def _fetch(self, image: ImageSource, path: Path, progress: Callable[[int], None]) -> None:
        part = empty_for_guest(path.with_suffix(".part"))
        try:
            if _copy(image, part, progress) != image.sha512:
                raise DriverFault("The image's bytes are not what its checksum says.", image.image_id)
            if image.format in CONVERTED:
                made = empty_for_guest(path.with_suffix(".converted"))
                words = ("convert", "-f", CONVERTED[image.format], "-O", "qcow2", part, made)
                text = "The image could not be converted."
                qemu_img(words, text, seconds=CONVERT_SECONDS, tick=lambda: progress(99))
                made.replace(part)
            virtual_size(part, path.suffix[1:])
            os.chown(part, 0, os.stat(self._home).st_gid)
            part.chmod(0o440)
            part.rename(path)
        finally:
            part.unlink(missing_ok=True)
            path.with_suffix(".converted").unlink(missing_ok=True)

    def prune(self, unused_seconds: float) -> None:
        """Drop what is under no guest's disk and was not asked for in this time; half-made files of a dead agent too."""
        used = {_backing(disk) for disk in self._instances.glob("*/root-*.qcow2")}
        for path in self._home.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if str(path) not in used and path.stat().st_mtime <= time.time() - unused_seconds:
                    log.info("image dropped from the cache", image=path.name)
                    path.unlink()


def _copy(image: ImageSource, part: Path, progress: Callable[[int], None]) -> str:
    """Copy (by reflink where the file system can) and return the sha512 of what arrived."""
    digest, done = hashlib.sha512(), 0
    try:
        with Path(image.path).open("rb") as source, part.open("r+b") as target:
            cloned = False
            with contextlib.suppress(OSError):
                fcntl.ioctl(target, FICLONE, source.fileno())
                cloned = True
            while chunk := (target if cloned else source).read(CHUNK):
                digest.update(chunk)
                if not cloned:
                    target.write(chunk)
                done += len(chunk)
                progress(min(99, done * 100 // max(image.size, 1)))
            target.flush()
            os.fsync(target.fileno())
    except OSError as failed:
        raise DriverFault("The image's bytes are not there.", str(failed), again=True) from failed
    return digest.hexdigest()


def _backing(disk: Path) -> str:
    """The file an overlay of ours stands on, by its header; empty when it has none."""
    try:
        with disk.open("rb") as file:
            file.seek(BACKING_OFFSET)
            offset, size = struct.unpack(">QI", file.read(12))
            file.seek(offset)
            return file.read(min(size, 1023)).decode(errors="replace")
    except (OSError, struct.error):
        return ""


def open(state: Path, settings: Mapping[str, Any]) -> ImageCache:
    """For the registry. `settings` as HostSettings."""
    return ImageCache(from_mapping(state, settings).state)
