"""Tells whether an image that was built earlier is still what would be built now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path


def of(sources: Path, facts: Mapping[str, str]) -> str:
    """Return a fingerprint of the builder's files and of the package versions that go into the image."""
    digest = hashlib.sha256()
    for path in sorted(_files(sources)):
        digest.update(f"{path.relative_to(sources)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    for name, value in sorted(facts.items()):
        digest.update(f"{name}\0{value}\0".encode())
    return digest.hexdigest()


def _files(sources: Path) -> Iterable[Path]:
    return (path for path in sources.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def stamp(output: Path) -> Path:
    """Return the name of the file that keeps an image's fingerprint."""
    return output.with_name(output.name + ".fingerprint")


def is_current(output: Path, fingerprint: str) -> bool:
    """Tell whether the image is there, whole, and was built with this fingerprint."""
    try:
        return stamp(output).read_text() == _line(output, fingerprint)
    except OSError:
        return False


def remember(output: Path, fingerprint: str) -> None:
    """Write the fingerprint beside the image that was just built."""
    temporary = stamp(output).with_name(stamp(output).name + ".part")
    temporary.write_text(_line(output, fingerprint))
    temporary.replace(stamp(output))


def _line(output: Path, fingerprint: str) -> str:
    return f"{fingerprint} {output.stat().st_size}\n"
