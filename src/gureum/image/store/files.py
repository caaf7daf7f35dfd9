"""The bytes of images: `<state>/images/<id>`, and beside it the part file of an upload that is running.

Everything here blocks and belongs into a thread.
"""

import hashlib
import io
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from gureum.image.settings import settings
from gureum.kernel import log
from gureum.kernel.ids import new_hex, new_uuid

_PART = ".part"
_DOOMED = ".gone"
_logger = log.get("image")
_FOLDER_MODE = 0o750
_FILE_MODE = 0o640
_remover = ThreadPoolExecutor(1, thread_name_prefix="image-remove")


def new_upload_id() -> str:
    """An id of an upload that this control process receives."""
    return f"{settings.process:02d}-{new_hex()}"


def cut_off(upload_id: str) -> bool:
    """At this process's start: whether nobody receives the upload any more."""
    process = upload_id.partition("-")[0]
    running = process.isdigit() and int(process) <= settings.processes
    return not running or int(process) == settings.process


def path_of(image_id: str) -> Path:
    """Where the bytes of an image lie."""
    return settings.folder / image_id


class Part:
    """A file that is being written: both checksums are made while the bytes pass, and it is renamed only when it is whole."""

    def __init__(self, image_id: str, upload_id: str) -> None:
        self.path = settings.folder / f"{image_id}.{upload_id}{_PART}"
        self._final = path_of(image_id)
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha512 = hashlib.sha512()
        self.size = 0
        self._file: io.FileIO | None = None
        self._published = False

    def open(self) -> None:
        """Make the file. Raises OSError."""
        prepare()
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE_MODE)
        self._file = io.FileIO(descriptor, "wb")

    @property
    def md5(self) -> str:
        """The MD5 of what was written, in hex."""
        return self._md5.hexdigest()

    @property
    def sha512(self) -> str:
        """The SHA-512 of what was written, in hex."""
        return self._sha512.hexdigest()

    def write(self, piece: bytes) -> None:
        """Add bytes. Raises OSError when the disk is full."""
        assert self._file is not None
        self._md5.update(piece)
        self._sha512.update(piece)
        left = memoryview(piece)
        while left:
            left = left[self._file.write(left) or 0 :]
        self.size += len(piece)

    def seal(self) -> None:
        """Make sure that the bytes are on disk; nothing is written behind this."""
        assert self._file is not None
        os.fsync(self._file.fileno())
        self._file.close()

    def publish(self) -> None:
        """Put the bytes where the image's are expected; again, it changes nothing."""
        if not self._published:
            self.path.rename(self._final)
            self._published = True
        _sync_folder()

    def discard(self) -> None:
        """Leave nothing behind."""
        if self._file is not None:
            self._file.close()
        self.path.unlink(missing_ok=True)


def prepare() -> None:
    """Make the folder, readable for this user and its group."""
    settings.folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)


def open_bytes(image_id: str) -> BinaryIO:
    """The bytes of an image. Raises FileNotFoundError."""
    return open(path_of(image_id), "rb", buffering=0)


def remove_later(image_id: str) -> None:
    """Throw the bytes of an image away; that there are none is fine.

    They lose their name at once, so that an image made under the same id keeps its own; giving the space back, which takes
    long for large ones, is left to a thread.
    """
    doomed = settings.folder / f"{image_id}.{new_uuid()}{_DOOMED}"
    try:
        path_of(image_id).rename(doomed)
    except FileNotFoundError:
        return
    except OSError as error:
        _logger.error("image not removed", image=image_id, reason=str(error))
        return
    _remover.submit(doomed.unlink, missing_ok=True)


def strangers(known: set[str]) -> Iterator[Path]:
    """Files that belong to no known image, with the parts of uploads that are cut off."""
    prepare()
    for path in settings.folder.iterdir():
        upload_id = path.stem.partition(".")[2] if path.suffix == _PART else None
        if path.name not in known and (upload_id is None or cut_off(upload_id)):
            yield path


def _sync_folder() -> None:
    descriptor = os.open(settings.folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
