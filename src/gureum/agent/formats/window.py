"""A bounded look into a file that nobody vouches for."""

import struct
from dataclasses import dataclass
from typing import BinaryIO

BUDGET = 2 * 1024 * 1024
"""Bytes that one inspection may read."""
READS = 256
MAX_SIZE = 1 << 62
"""Bytes beyond which a virtual size is nonsense."""


class Unfit(Exception):
    """The content says that it is of a format, and is no good one; the text is for the image's owner."""


@dataclass(frozen=True)
class Found:
    """A format that the content shows. `fault` says why it must not be used."""

    format: str
    virtual_size: int
    fault: str = ""


class Window:
    """Reads at offsets, never more than the budget in all. Beyond the end there is nothing, without an error."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self.size = size
        self.taken = 0
        self._reads = 0

    def at(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes. Raises Unfit beyond the budget."""
        self._reads += 1
        if offset >= self.size or offset < 0 or length <= 0:
            return b""
        length = min(length, self.size - offset)
        if self.taken + length > BUDGET or self._reads > READS:
            raise Unfit("The image's headers are too large.")
        self._file.seek(offset)
        found = self._file.read(length)
        self.taken += len(found)
        return found

    def fields(self, layout: str, offset: int) -> tuple[int, ...]:
        """Integers of a struct layout at an offset. Raises Unfit when the file ends before."""
        length = struct.calcsize(layout)
        found = self.at(offset, length)
        if len(found) < length:
            raise Unfit("The image ends inside its header.")
        return struct.unpack(layout, found)


def sane(size: int) -> int:
    """The size itself. Raises Unfit when it is none."""
    if not 0 <= size <= MAX_SIZE:
        raise Unfit("The image's virtual size makes no sense.")
    return size
