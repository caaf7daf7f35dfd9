"""A Debian image with real cloud-init: the proof that cloud images as people have them boot here."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from gureum.testimage import disk, fingerprint, grub, packages
from gureum.testimage.boot import SECTOR
from gureum.testimage.host import BuildError, need, run, say

GUEST = Path(__file__).parent / "guest"
SUITE = "bookworm"
ROOT_SIZE = 1000 * disk.MIB
INCLUDE: tuple[str, ...] = (
    "ca-certificates",
    "cloud-guest-utils",
    "cloud-init",
    "dbus",
    "e2fsprogs",
    "fdisk",
    "initramfs-tools",
    "iproute2",
    "iputils-ping",
    "isc-dhcp-client",
    packages.KERNEL_META,
    "netcat-openbsd",
    "netplan.io",
    "openssh-server",
    "sudo",
    "systemd-resolved",
    "systemd-sysv",
    "udev",
    "zstd",
)
_LEFT_OUT = ("/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/man/*")
_TOOLS = ("apt-cache", "apt-get", "debugfs", "grub-mkimage", "mke2fs", "mmdebstrap", "qemu-img", "sfdisk")
_CORE_FIRST = 2048
_ROOT_FIRST = 4096


def build(output: Path, work: Path) -> Path:
    """Build the image at `output`, or do nothing when what is there is current; return `output`.

    Needs root, because Debian's packages are really installed into a folder. Raises BuildError with what is missing.
    """
    need(_TOOLS)
    mark = fingerprint.of(Path(__file__).parent, packages.versions([packages.kernel_package(), "cloud-init"]))
    if fingerprint.is_current(output, mark):
        say(f"{output} is up to date")
        return output
    if os.geteuid() != 0:
        raise BuildError("the Debian image is built by root, since its packages are installed into a folder")
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="debian-", dir=work) as folder:
        _make(output, Path(folder))
    fingerprint.remember(output, mark)
    say(f"{output} is ready, {output.stat().st_size / disk.MIB:.0f} MiB")
    return output


def _make(output: Path, scratch: Path) -> None:
    tree = scratch / "root"
    say("installing Debian into a folder, a minute or two")
    scratch.chmod(0o755)
    run(bootstrap_command(tree, sources(source_entries())))
    _finish_tree(tree)
    filesystem, raw = scratch / "root.ext4", scratch / "disk.raw"
    say("writing the disk image")
    disk.make_ext4(tree, filesystem, ROOT_SIZE, "debian-root", rights=None)
    sector, core = grub.place(grub.boot_code(), grub.core_image(GUEST / "grub/early.cfg", scratch), _CORE_FIRST)
    script = (
        "label: gpt\n"
        f"14: start={_CORE_FIRST}, size={_ROOT_FIRST - _CORE_FIRST}, type={disk.BIOS_BOOT}, name=grub\n"
        f"1: start={_ROOT_FIRST}, size={ROOT_SIZE // SECTOR}, type={disk.LINUX_ROOT}, name=root\n"
    )
    disk.partition(raw, _ROOT_FIRST * SECTOR + ROOT_SIZE + disk.MIB, script)
    disk.write_at(raw, 0, sector)
    disk.write_at(raw, _CORE_FIRST * SECTOR, core)
    disk.copy_sparse(filesystem, raw, _ROOT_FIRST * SECTOR)
    disk.publish_qcow2(raw, output)


def bootstrap_command(tree: Path, files: Iterable[str]) -> list[str]:
    """Return the command that installs Debian into a folder from the machine's own package sources."""
    command = ["mmdebstrap", "--quiet", "--variant=minbase", "--format=directory", f"--include={','.join(INCLUDE)}"]
    command += [f"--dpkgopt=path-exclude={pattern}" for pattern in _LEFT_OUT]
    services = "systemd-networkd.service systemd-resolved.service serial-getty@ttyS0.service"
    command.append(f'--customize-hook=chroot "$1" systemctl enable {services}')
    return [*command, SUITE, str(tree), *files]


def source_entries() -> str:
    """Return what apt says about its own package lists of Debian."""
    conditions = ["Created-By: Packages", "Origin: Debian", "Component: main"]
    return run(["apt-get", "indextargets", "--format", "$(CODENAME) $(RELEASE) $(SOURCESENTRY)", *conditions])


def sources(entries: str) -> list[str]:
    """Return the source files among apt's entries that hold the suite this image is made of."""
    found: dict[str, None] = {}
    for line in entries.splitlines():
        codename, release, entry = line.split(" ", 2)
        if SUITE in (codename, release.split("-")[0]):
            found[entry.rsplit(":", 1)[0]] = None
    if not found:
        raise BuildError(f"this machine's apt has no sources of Debian {SUITE}")
    return list(found)


def _finish_tree(tree: Path) -> None:
    overlay = GUEST / "debian"
    for path in sorted(overlay.rglob("*")):
        if path.is_file():
            target = tree / path.relative_to(overlay)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
            target.chmod(0o644)
    for key in (tree / "etc/ssh").glob("ssh_host_*"):
        key.unlink()
    for folder in ("var/lib/apt/lists", "var/cache/apt"):
        shutil.rmtree(tree / folder, ignore_errors=True)
        (tree / folder).mkdir(parents=True)
    for folder in ("dev", "run", "tmp"):
        for entry in (tree / folder).iterdir():
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
