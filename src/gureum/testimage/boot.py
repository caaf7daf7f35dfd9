"""How the image starts: the boot sector, and the kernel as the boot sector expects it.

The boot sector only copies sectors to addresses. So the kernel's setup header, which a boot manager would fill in
at every start, is filled in here (the kernel's Documentation/x86/boot.rst describes its fields).
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import NamedTuple

from gureum.testimage.host import BuildError, run

SECTOR = 512
BOOT_CODE = 440
_TABLE = 392
_SETUP_ADDRESS = 0x10000
_SETUP_BYTES = 120 * SECTOR
_COMMAND_LINE = 0xE000
_COMMAND_LINE_BYTES = _SETUP_BYTES - _COMMAND_LINE
_HEAP_END = 0xDE00
_KERNEL_ADDRESS = 0x100000


class Extent(NamedTuple):
    """Sectors of the disk that belong at an address of memory."""

    sectors: int
    first: int
    address: int


class Payload(NamedTuple):
    """The bytes of the boot partition and the table that says where each part goes."""

    data: bytes
    table: tuple[Extent, ...]


def payload(kernel: bytes, initrd: bytes, command_line: str, first_sector: int) -> Payload:
    """Lay out kernel, command line and initial RAM disk for a boot partition that starts at a sector."""
    setup, rest = split_kernel(kernel)
    ramdisk = ramdisk_address(kernel)
    table: list[Extent] = []
    data = bytearray()
    parts = (
        (_SETUP_ADDRESS, _real_mode_part(setup, command_line, ramdisk, len(initrd))),
        (_KERNEL_ADDRESS, rest),
        (ramdisk, initrd),
    )
    for address, part in parts:
        table.append(Extent(-(-len(part) // SECTOR), first_sector + len(data) // SECTOR, address))
        data += part + b"\0" * (-len(part) % SECTOR)
    return Payload(bytes(data), tuple(table))


def split_kernel(kernel: bytes) -> tuple[bytes, bytes]:
    """Return the kernel's real mode part and the rest of it."""
    if kernel[0x202:0x206] != b"HdrS" or struct.unpack_from("<H", kernel, 0x206)[0] < 0x20A:
        raise BuildError("the kernel is not a bzImage of boot protocol 2.10 or newer")
    size = ((kernel[0x1F1] or 4) + 1) * SECTOR
    return kernel[:size], kernel[size:]


def ramdisk_address(kernel: bytes) -> int:
    """Return the first MiB above all that the kernel uses while it unpacks itself."""
    (preferred,) = struct.unpack_from("<Q", kernel, 0x258)
    (size,) = struct.unpack_from("<I", kernel, 0x260)
    return (preferred + size + 0xFFFFF) & ~0xFFFFF


def _real_mode_part(setup: bytes, command_line: str, ramdisk: int, ramdisk_size: int) -> bytes:
    text = command_line.encode() + b"\0"
    if len(text) > _COMMAND_LINE_BYTES or len(setup) > _HEAP_END:
        raise BuildError("the kernel's command line or setup code is too long")
    part = bytearray(_SETUP_BYTES)
    part[: len(setup)] = setup
    part[_COMMAND_LINE : _COMMAND_LINE + len(text)] = text
    part[0x210] = 0xFF  # a boot loader without a number
    part[0x211] |= 0x80  # heap_end_ptr is valid
    struct.pack_into("<II", part, 0x218, ramdisk, ramdisk_size)
    struct.pack_into("<H", part, 0x224, _HEAP_END - 0x200)
    struct.pack_into("<I", part, 0x228, _SETUP_ADDRESS + _COMMAND_LINE)
    return bytes(part)


def boot_sector(code: bytes, table: tuple[Extent, ...]) -> bytes:
    """Return the boot code with the table written into it."""
    if len(code) != BOOT_CODE or len(table) > 3:
        raise BuildError("the boot code has an unexpected size")
    entries = b"".join(struct.pack("<III", *extent) for extent in table)
    return code[:_TABLE] + entries.ljust(BOOT_CODE - _TABLE, b"\0")


def assemble(source: Path, work: Path) -> bytes:
    """Assemble the boot code."""
    made, linked = work / "loader.o", work / "loader.bin"
    run(["as", "--32", "-o", str(made), str(source)])
    run(["ld", "-m", "elf_i386", "-Ttext", "0x7c00", "--oformat", "binary", "-o", str(linked), str(made)])
    return linked.read_bytes()
