"""What a tenant's file is, found out by reading a few of its headers and trusting none.

Nothing here runs a program, allocates by what the file says, or reads more than `window.BUDGET` bytes.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from gureum.agent.formats import discs, hyperv, qcow, virtualbox, vmdk
from gureum.agent.formats.window import Found, Unfit, Window
from gureum.contracts.images import ImageFacts

__all__ = ["inspect", "inspect_file"]

PLAIN = ("raw", "ami", "ari", "aki", "ploop", "gpt")
"""Declared formats whose content has no header that anything would follow. Partition tables are plain content."""
ALIASES = {"vpc": "vhd"}

_LOOKS: dict[str, Callable[[Window], Found | None]] = {
    "qcow2": qcow.look,
    "vmdk": vmdk.look,
    "vdi": virtualbox.look,
    "vhd": hyperv.look_vhd,
    "vhdx": hyperv.look_vhdx,
    "luks": discs.look_luks,
    "iso": discs.look_iso,
}


def inspect(file: BinaryIO, size: int, declared: str) -> ImageFacts:
    """What `file`, `size` bytes long, is, and why it must not be used as `declared` (empty: nothing was declared)."""
    window = Window(file, size)
    found = [each for name, look in _LOOKS.items() if (each := _try(name, look, window)) is not None]
    if len(found) > 1:
        formats = ", ".join(each.format for each in found)
        return ImageFacts(
            format=found[0].format, virtual_size=0, fault=f"Image content looks like several formats: {formats}."
        )
    what = found[0] if found else Found("raw", size)
    fault = what.fault or _mismatch(what.format, declared)
    return ImageFacts(format=what.format, virtual_size=what.virtual_size, fault=fault)


def inspect_file(path: Path, declared: str) -> ImageFacts:
    """`inspect` for a regular file. Raises OSError when it cannot be read, or is a link or no file at all."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb", buffering=0) as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(f"{path} is no regular file")
        return inspect(file, found.st_size, declared)


def _try(name: str, look: Callable[[Window], Found | None], window: Window) -> Found | None:
    try:
        return look(window)
    except Unfit as unfit:
        return Found(name, 0, str(unfit))


def _mismatch(found: str, declared: str) -> str:
    expected = ALIASES.get(declared, declared)
    if expected in PLAIN:
        expected = "raw"
    if expected in ("", found):
        return ""
    return f"Image content is {found} and does not match the declared disk format {declared}."
