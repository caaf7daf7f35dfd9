"""Debian packages: which are needed, downloaded and unpacked into a folder of our own.

Nothing is installed. apt resolves, downloads and checks signatures with the machine's own sources, as any user.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from gureum.testimage.host import BuildError, run

KERNEL_META = "linux-image-cloud-amd64"

_DEPENDS = re.compile(r"^\s*\|?(?:Pre)?Depends: ([a-z0-9][a-z0-9.+-]*)$", re.M)
_VERSIONED_KERNEL = re.compile(r"^linux-image-\d\S*$")


def parse_depends(text: str) -> list[str]:
    """Return the real packages that `apt-cache depends` names; virtual ones are in angle brackets."""
    return list(dict.fromkeys(_DEPENDS.findall(text)))


def is_library(package: str) -> bool:
    """Tell whether a package is a shared library: those are followed, programs and their helpers are not."""
    if package == "zlib1g":
        return True
    return package.startswith("lib") and not package.endswith(("-common", "-bin")) and "perl" not in package


def depends(packages: Iterable[str]) -> list[str]:
    """Return what the packages directly depend on."""
    options = ["--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks", "--no-replaces", "--no-enhances"]
    return parse_depends(run(["apt-cache", "depends", *options, *packages]))


def with_libraries(packages: Sequence[str]) -> list[str]:
    """Return the packages and every library package that they lead to."""
    known = dict.fromkeys(packages)
    edge = list(packages)
    while edge:
        edge = [name for name in depends(edge) if is_library(name) and name not in known]
        known.update(dict.fromkeys(edge))
    return list(known)


def kernel_package() -> str:
    """Return the name of the newest cloud kernel's package, such as linux-image-6.1.0-56-cloud-amd64."""
    try:
        found = [name for name in depends([KERNEL_META]) if _VERSIONED_KERNEL.match(name)]
    except BuildError as error:
        why = f"apt knows no {KERNEL_META}, which Debian has; as root: apt-get update"
        raise BuildError(f"{why} ({error})") from error
    if not found:
        raise BuildError(f"{KERNEL_META} leads to no kernel; as root: apt-get update")
    return found[-1]


def versions(packages: Sequence[str]) -> dict[str, str]:
    """Return the version of each package that apt would download."""
    found: dict[str, str] = {}
    name = ""
    for line in run(["apt-cache", "policy", *packages]).splitlines():
        if line and not line.startswith(" "):
            name = line.rstrip(":")
        elif line.startswith("  Candidate: "):
            found[name] = line.removeprefix("  Candidate: ")
    missing = [package for package in packages if found.get(package, "(none)") == "(none)"]
    if missing:
        raise BuildError(f"apt cannot find {', '.join(missing)}; as root: apt-get update")
    return found


def download(packages: Sequence[str], into: Path) -> list[Path]:
    """Download the packages and return their files; those of an earlier run are used again."""
    into.mkdir(parents=True, exist_ok=True)
    for leftover in into.glob("*.FAILED"):
        leftover.unlink()
    wanted = versions(packages)
    missing = [name for name, version in wanted.items() if _file(into, name, version) is None]
    if missing:
        pinned = [f"{name}={wanted[name]}" for name in missing]
        try:
            run(["apt-get", "-q", "-o", "APT::Sandbox::User=", "download", *pinned], cwd=into)
        except BuildError as error:
            raise BuildError(f"{error}\nwhen the files are gone from the mirror, as root: apt-get update") from error
    files = [_file(into, name, version) for name, version in wanted.items()]
    return [file for file in files if file is not None]


def _file(folder: Path, name: str, version: str) -> Path | None:
    escaped = version.replace(":", "%3a")
    return next(iter(sorted(folder.glob(f"{name}_{escaped}_*.deb"))), None)


def unpack(files: Iterable[Path], into: Path) -> None:
    """Unpack package files into one tree."""
    into.mkdir(parents=True, exist_ok=True)
    for file in files:
        run(["dpkg-deb", "-x", str(file), str(into)])
