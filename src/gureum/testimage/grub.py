"""GRUB for BIOS, put into a disk image without mounting it or installing anything.

What grub-install writes to a disk are two numbers in two images; both are in GRUB's boot.S and diskboot.S.
"""

from __future__ import annotations

import struct
from pathlib import Path

from gureum.testimage.boot import BOOT_CODE, SECTOR
from gureum.testimage.host import BuildError, run

IMAGES = Path("/usr/lib/grub/i386-pc")
MODULES: tuple[str, ...] = (
    "biosdisk",
    "configfile",
    "echo",
    "ext2",
    "linux",
    "normal",
    "part_gpt",
    "serial",
    "terminal",
)
_KERNEL_SECTOR = 0x5C
_DRIVE_CHECK = 0x66
_BLOCK_LIST = SECTOR - 12


def core_image(config: Path, work: Path) -> bytes:
    """Return GRUB's core with the modules it needs to read the root partition."""
    made = work / "core.img"
    fixed = ["-O", "i386-pc", "-d", str(IMAGES), "-p", "/boot/grub", "-c", str(config), "-o", str(made)]
    run(["grub-mkimage", *fixed, *MODULES])
    return made.read_bytes()


def boot_code() -> bytes:
    """Return GRUB's boot sector as Debian packages it."""
    file = IMAGES / "boot.img"
    if not file.exists():
        raise BuildError("GRUB for BIOS is missing on this machine; as root: apt-get install grub-pc-bin")
    return file.read_bytes()


def place(boot: bytes, core: bytes, first: int) -> tuple[bytes, bytes]:
    """Return boot sector code and core, each told where on the disk the core is."""
    sector = bytearray(boot[:BOOT_CODE])
    struct.pack_into("<Q", sector, _KERNEL_SECTOR, first)
    # The jump over the check for a hard disk's number becomes nothing: some BIOSes pass a wrong one.
    sector[_DRIVE_CHECK : _DRIVE_CHECK + 2] = b"\x90\x90"
    body = bytearray(core)
    struct.pack_into("<Q", body, _BLOCK_LIST, first + 1)
    return bytes(sector), bytes(body)
