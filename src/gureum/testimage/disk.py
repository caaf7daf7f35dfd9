"""Disk images made as files: file system, partition table, qcow2. No mounts, no loop devices, no root."""

from __future__ import annotations

import os
import stat
import struct
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gureum.testimage.host import BuildError, run

MIB = 1024 * 1024
LINUX_ROOT = "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709"
BIOS_BOOT = "21686148-6449-6E6F-744E-656564454649"


@dataclass(frozen=True)
class Rights:
    """What a tree's files cannot say when an ordinary user makes them; by path below the tree's top."""

    owners: Mapping[str, int]
    modes: Mapping[str, int]
    capabilities: Mapping[str, int]


def make_ext4(tree: Path, into: Path, size: int, label: str, rights: Rights | None) -> None:
    """Make an ext4 file system from a tree; with `rights`, everything is root's but for what they say.

    Owners and special modes are written into the image itself, because only root could give them to the tree.
    """
    into.unlink(missing_ok=True)
    with into.open("wb") as made:
        made.truncate(size)
    layout = ["-b", "4096", "-m", "1", "-J", "size=4", "-E", "lazy_itable_init=0,root_owner=0:0"]
    run(["mke2fs", "-q", "-F", "-t", "ext4", "-L", label, *layout, "-d", str(tree), str(into)])
    if rights is not None:
        _grant(tree, into, rights)


def _grant(tree: Path, into: Path, rights: Rights) -> None:
    with tempfile.TemporaryDirectory(dir=into.parent) as folder:
        commands = [*ownership(tree, rights), *_capability_commands(rights, Path(folder))]
        said = run(["debugfs", "-w", "-f", "-", str(into)], text="\n".join(commands) + "\n")
    complaints = [line for line in said.splitlines() if line and not line.startswith("debugfs: ")]
    if complaints:
        raise BuildError(f"debugfs: {complaints[0]}")


def ownership(tree: Path, rights: Rights) -> Iterable[str]:
    """Yield the debugfs commands that give each file of the tree its owner and special mode."""
    for path in sorted(tree.rglob("*")):
        place = str(path.relative_to(tree))
        if any(character in place for character in ' "\n'):
            raise BuildError(f"a name with blanks or quotes cannot go into the image: {place}")
        owner = rights.owners.get(place, 0)
        current = path.lstat()
        if current.st_uid != owner:
            yield f"set_inode_field /{place} uid {owner}"
        if current.st_gid != owner:
            yield f"set_inode_field /{place} gid {owner}"
        if place in rights.modes:
            yield f"set_inode_field /{place} mode 0{stat.S_IFMT(current.st_mode) | rights.modes[place]:o}"


def capability(bit: int) -> bytes:
    """Return the extended attribute of a program that has one capability, permitted and effective."""
    revision_2_effective = 0x02000001
    return struct.pack("<IIIII", revision_2_effective, 1 << bit, 0, 0, 0)


def _capability_commands(rights: Rights, folder: Path) -> Iterable[str]:
    for number, (place, bit) in enumerate(rights.capabilities.items()):
        value = folder / str(number)
        value.write_bytes(capability(bit))
        yield f"ea_set -f {value} /{place} security.capability"


def partition(image: Path, size: int, script: str) -> None:
    """Make a raw image of a size with the partitions that an sfdisk script describes."""
    with image.open("wb") as made:
        made.truncate(size)
    run(["sfdisk", "-q", str(image)], text=script)


def write_at(image: Path, offset: int, data: bytes) -> None:
    """Write bytes into an image."""
    with image.open("r+b") as file:
        file.seek(offset)
        file.write(data)


def copy_sparse(source: Path, image: Path, offset: int) -> None:
    """Copy a file into an image, leaving out blocks of zeros."""
    empty = b"\0" * MIB
    with source.open("rb") as reader, image.open("r+b") as writer:
        while block := reader.read(MIB):
            if block != empty[: len(block)]:
                writer.seek(offset)
                writer.write(block)
            offset += len(block)


def publish_qcow2(raw: Path, output: Path) -> None:
    """Turn a raw image into a compressed qcow2 that appears under its name whole or not at all."""
    output.parent.mkdir(parents=True, exist_ok=True)
    temporary = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        run(["qemu-img", "convert", "-c", "-f", "raw", "-O", "qcow2", str(raw), str(temporary)])
        with temporary.open("rb") as made:
            os.fsync(made.fileno())
        temporary.replace(output)
    finally:
        temporary.unlink(missing_ok=True)
