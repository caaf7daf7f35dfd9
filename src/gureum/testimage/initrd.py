"""An initial RAM disk, written as a cpio archive without device nodes, so that any user can make it."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from typing import NamedTuple


class Entry(NamedTuple):
    """One file, folder or symbolic link of the archive (the link's target is its data)."""

    name: str
    mode: int
    data: bytes = b""


def folder(name: str) -> Entry:
    """Return a folder's entry."""
    return Entry(name, stat.S_IFDIR | 0o755)


def file(name: str, data: bytes, mode: int = 0o644) -> Entry:
    """Return a regular file's entry."""
    return Entry(name, stat.S_IFREG | mode, data)


def link(name: str, target: str) -> Entry:
    """Return a symbolic link's entry."""
    return Entry(name, stat.S_IFLNK | 0o777, target.encode())


def archive(entries: Iterable[Entry]) -> bytes:
    """Return the entries as a cpio archive in the kernel's format ("newc"), all owned by root, dated 1970."""
    parts: list[bytes] = []
    for number, entry in enumerate((*entries, Entry("TRAILER!!!", 0)), start=1):
        links = 2 if stat.S_ISDIR(entry.mode) else 1
        name = entry.name.encode() + b"\0"
        fields = (number, entry.mode, 0, 0, links, 0, len(entry.data), 0, 0, 0, 0, len(name), 0)
        header = b"070701" + b"".join(b"%08X" % field for field in fields) + name
        parts += [header, _padding(len(header)), entry.data, _padding(len(entry.data))]
    return b"".join(parts)


def _padding(size: int) -> bytes:
    return b"\0" * (-size % 4)
