"""What a backup is: a tar archive of the control plane's state, with a manifest of checksums as its last member."""

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Annotated

import msgspec
from msgspec import Meta, Struct

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "control/gureum.sqlite"
IMAGES = "control/images"
_MOST_MANIFEST = 64 * 1024 * 1024
_CHUNK = 1024 * 1024


class Manifest(Struct):
    """`files` are name → [sha512, size]; `without` are images whose bytes are not in the archive, id → size or None."""

    format: Annotated[int, Meta(ge=1)]
    version: str
    revision: str
    made_at: str
    files: dict[str, tuple[str, int]]
    without: dict[str, int | None] = {}


class Bad(Exception):
    """The archive is not a whole backup that this version can read; the text says why."""


class Writer:
    """Writes an archive beside its final name, readable by its owner only; it gets the name when it is whole and on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}.part")
        self._part.unlink(missing_ok=True)
        descriptor = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._tar = tarfile.open(fileobj=self._file, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - lives longer
        self.files: dict[str, tuple[str, int]] = {}

    def add(self, name: str, path: Path) -> None:
        """Add a file that does not change any more."""
        with path.open("rb") as source:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = os.fstat(source.fileno()).st_size, 0o600
            hashing = _Hashing(source)
            self._tar.addfile(entry, hashing)  # pyright: ignore[reportArgumentType]
        self.files[name] = (hashing.digest.hexdigest(), entry.size)

    def finish(self, manifest: Manifest) -> None:
        """Close the archive with its manifest, and give it its name."""
        raw = msgspec.json.encode(manifest)
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(raw), 0o600
        self._tar.addfile(entry, io.BytesIO(raw))
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.replace(self._path)
        sync(self._path.parent)

    def abandon(self) -> None:
        """Leave nothing."""
        self._file.close()
        self._part.unlink(missing_ok=True)


class _Hashing:
    """A file whose bytes are hashed as they are read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.digest = hashlib.sha512()

    def read(self, size: int = -1) -> bytes:
        piece = self._source.read(size)
        self.digest.update(piece)
        return piece


def extract(path: Path, target: Path) -> Manifest:
    """Unpack an archive into an empty directory. Raises Bad unless every file is there as the manifest says, and OSError."""
    found: dict[str, tuple[str, int]] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(path, "r|") as tar:
            for entry in tar:
                # a file with holes says in a line how much is to be written
                source = tar.extractfile(entry) if entry.isreg() and not entry.issparse() else None
                if source is None or manifest is not None:
                    raise Bad(f"{path} is no backup: it holds {entry.name}")
                if entry.name == MANIFEST:
                    manifest = _manifest(path, source)
                else:
                    found[entry.name] = _write(source, target / _safe(path, entry.name))
    except (tarfile.TarError, EOFError) as error:
        raise Bad(f"{path} is no whole backup: {error}") from None
    if manifest is None:
        raise Bad(f"{path} is no whole backup: its end is missing")
    wrong = sorted(name for name in found.keys() | manifest.files if found.get(name) != manifest.files.get(name))
    if wrong:
        raise Bad(f"{path} is damaged: {', '.join(wrong[:5])}")
    return manifest


def _manifest(path: Path, source: IO[bytes]) -> Manifest:
    try:
        manifest = msgspec.json.decode(source.read(_MOST_MANIFEST), type=Manifest)
    except msgspec.MsgspecError as error:
        raise Bad(f"{path} is no whole backup: {error}") from None
    if manifest.format > FORMAT:
        raise Bad(f"{path} was made by gureum {manifest.version}; install that version or a newer one")
    return manifest


def _safe(path: Path, name: str) -> PurePosixPath:
    found = PurePosixPath(name)
    if found.is_absolute() or ".." in found.parts or not found.parts:
        raise Bad(f"{path} is no backup: it holds {name}")
    return found


def _write(source: IO[bytes], path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha512(), 0
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for piece in _pieces(source):
            digest.update(piece)
            size += len(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    while piece := source.read(_CHUNK):
        yield piece


def sync(folder: Path) -> None:
    """Have a directory's entries on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
