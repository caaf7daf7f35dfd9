"""Disk images made as files: file system, partition table, qcow2. No mounts, no loop devices, no root."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from gureum.testimage.host import BuildError, run

MIB = 1024 * 1024
LINUX_ROOT = "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709"
BIOS_BOOT = "21686148-6449-6E6F-744E-656564454649"


def make_ext4(tree: Path, into: Path, size: int, label: str, owners: Mapping[str, int], modes: Mapping[str, int]) -> None:
    """Make an ext4 file system from a tree; everything is root's but for what `owners` says by path.

    Owners and special modes are written into the image itself, because only root could give them to the tree.
    """
    into.unlink(missing_ok=True)
    with into.open("wb") as made:
        made.truncate(size)
    options = ["-q", "-F", "-t", "ext4", "-b", "4096", "-L", label, "-m", "1", "-E", "lazy_itable_init=0,root_owner=0:0"]
    run(["mke2fs", *options, "-J", "size=4", "-d", str(tree), str(into)])
    script = "\n".join(_ownership(tree, owners, modes)) + "\n"
    run(["debugfs", "-w", "-f", "-", str(into)], text=script)


def _ownership(tree: Path, owners: Mapping[str, int], modes: Mapping[str, int]) -> Iterable[str]:
    for path in sorted(tree.rglob("*")):
        place = "/" + str(path.relative_to(tree))
        if any(character in place for character in ' "\n'):
            raise BuildError(f"a name with blanks or quotes cannot go into the image: {place}")
        owner = owners.get(place, 0)
        current = path.lstat()
        if current.st_uid != owner:
            yield f"set_inode_field {place} uid {owner}"
            yield f"set_inode_field {place} uid_high 0"
        if current.st_gid != owner:
            yield f"set_inode_field {place} gid {owner}"
            yield f"set_inode_field {place} gid_high 0"
        if place in modes:
            yield f"set_inode_field {place} mode 0{stat.S_IFMT(current.st_mode) | modes[place]:o}"


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
