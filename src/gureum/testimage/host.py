"""What the builder needs of the machine it runs on, and how it runs commands there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

HOST_PACKAGES: tuple[str, ...] = ("apt", "binutils", "dpkg", "e2fsprogs", "fdisk", "qemu-utils")
"""Debian packages that the small image's builder calls."""

DEBIAN_HOST_PACKAGES: tuple[str, ...] = ("apt", "e2fsprogs", "fdisk", "grub-pc-bin", "mmdebstrap", "qemu-utils")
"""Debian packages that the cloud-init image's builder calls."""

TEST_PACKAGES: tuple[str, ...] = ("openssh-client", "qemu-system-x86", "xorriso")
"""Debian packages that the tests call which boot the images."""

TOOLS: Mapping[str, str] = {
    "apt-cache": "apt",
    "apt-get": "apt",
    "as": "binutils",
    "debugfs": "e2fsprogs",
    "dpkg-deb": "dpkg",
    "grub-mkimage": "grub-common",
    "ld": "binutils",
    "mke2fs": "e2fsprogs",
    "mmdebstrap": "mmdebstrap",
    "qemu-img": "qemu-utils",
    "sfdisk": "fdisk",
}

_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class BuildError(Exception):
    """The image cannot be built; the text says why and what helps."""


def search_path() -> str:
    """Return PATH with the administrators' folders, which an ordinary user's lacks."""
    return os.pathsep.join(filter(None, (os.environ.get("PATH", ""), _SYSTEM_PATH)))


def need(tools: Sequence[str]) -> None:
    """Raise BuildError naming the packages to install, unless every tool is there."""
    missing = [tool for tool in tools if shutil.which(tool, path=search_path()) is None]
    if missing:
        packages = " ".join(sorted({TOOLS[tool] for tool in missing}))
        raise BuildError(f"missing on this machine: {', '.join(missing)}; as root: apt-get install {packages}")


def run(command: Sequence[str], *, cwd: Path | None = None, text: str | None = None) -> str:
    """Run a command and return what it printed; its own complaint becomes the BuildError."""
    environment = {**os.environ, "PATH": search_path(), "LC_ALL": "C"}
    try:
        done = subprocess.run(
            list(command), cwd=cwd, input=text, env=environment, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise BuildError(f"cannot run {command[0]}: {error}") from error
    if done.returncode != 0:
        complaint = (done.stderr.strip() or done.stdout.strip())[-2000:]
        raise BuildError(f"{command[0]} failed ({done.returncode}): {complaint}")
    return done.stdout


def say(text: str) -> None:
    """Tell the person who waits how far the build is."""
    print(f"test image: {text}", file=sys.stderr, flush=True)
