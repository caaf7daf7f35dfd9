"""Which shared libraries a program asks for, read from its ELF headers."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

_PT_LOAD, _PT_DYNAMIC, _PT_INTERP = 1, 2, 3
_DT_NULL, _DT_NEEDED, _DT_STRTAB = 0, 1, 5


class Segment(NamedTuple):
    """One program header: where its bytes are in the file and in memory."""

    kind: int
    flags: int
    offset: int
    address: int
    physical: int
    size: int
    memory: int
    align: int


def segments(image: bytes) -> list[Segment]:
    """Return the program headers of a 64-bit little-endian ELF image, none for anything else."""
    if image[:6] != b"\x7fELF\x02\x01":
        return []
    (start,) = struct.unpack_from("<Q", image, 32)
    size, count = struct.unpack_from("<HH", image, 54)
    return [Segment(*struct.unpack_from("<IIQQQQQQ", image, start + size * index)) for index in range(count)]


def needed(image: bytes) -> list[str]:
    """Return the names of the libraries, and the interpreter's, that the image needs to run."""
    found: list[str] = []
    headers = segments(image)
    for header in headers:
        if header.kind == _PT_INTERP:
            found.append(Path(_string(image, header.offset)).name)
        if header.kind == _PT_DYNAMIC:
            found.extend(_needed_names(image, headers, header))
    return found


def _needed_names(image: bytes, headers: list[Segment], dynamic: Segment) -> Iterable[str]:
    names: list[int] = []
    table = 0
    for tag, value in struct.iter_unpack("<qQ", image[dynamic.offset : dynamic.offset + dynamic.size]):
        if tag == _DT_NULL:
            break
        if tag == _DT_NEEDED:
            names.append(value)
        if tag == _DT_STRTAB:
            table = value
    for header in headers:
        if header.kind == _PT_LOAD and header.address <= table < header.address + header.size:
            start = table - header.address + header.offset
            return [_string(image, start + name) for name in names]
    return []


def _string(image: bytes, start: int) -> str:
    return image[start : image.index(b"\0", start)].decode()


def closure(programs: Iterable[Path], libraries: Mapping[str, Path]) -> dict[str, Path]:
    """Return every library, by name, that the programs need directly or through each other.

    Raises KeyError with the name of one that is nowhere to be found.
    """
    found: dict[str, Path] = {}
    queue = list(programs)
    while queue:
        for name in needed(queue.pop().read_bytes()):
            if name not in found:
                found[name] = libraries[name]
                queue.append(libraries[name])
    return found
