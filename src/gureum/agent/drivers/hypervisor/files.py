"""A guest's files: `<state>/instances/<server id>/` with its overlay, blank disks, config drive, console log, VNC socket."""

import grp
import os
import pwd
import re
import shutil
import subprocess
import uuid
from pathlib import Path, PurePosixPath

from gureum.agent.drivers.images.tool import empty_for_guest, qemu_img, virtual_size
from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.host.accelerator import GUEST_GROUP, GUEST_USER
from gureum.contracts.hypervisor import BlankDisk, EnsureDomain, GuestMetadata, RootDisk

GIB = 1024**3
MOST_METADATA_BYTES = 64 * 1024 * 1024
FORMATS = {".raw": "raw", ".qcow2": "qcow2"}
"""Of cached images, by the name of the file."""


def run_bounded(argv: list[str], seconds: float, text: str) -> str:
    """A program's output; DriverFault with `text` when it fails or takes longer."""
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, text=True, umask=0o077
        )
    except (OSError, subprocess.TimeoutExpired) as failed:
        raise DriverFault(text, f"{argv[0]}: {failed}") from failed
    if done.returncode != 0:
        raise DriverFault(text, f"{argv[0]}: {done.stderr.strip()[-500:]}")
    return done.stdout


class GuestFiles:
    """The files of one guest."""

    def __init__(self, state: Path, server_id: str) -> None:
        if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}", server_id):
            raise DriverFault("The server's id is malformed.", server_id)
        self.home = state / "instances" / server_id
        self.config_drive = self.home / "config.iso"
        self.console_log = self.home / "console.log"
        self.vnc_socket = self.home / "vnc" / "socket"

    def root(self, incarnation: int) -> Path:
        return self.home / f"root-{incarnation}.qcow2"

    def newest_root(self) -> Path:
        """The root disk that there is. DriverFault where there is none."""
        found = sorted(self.home.glob("root-*.qcow2"), key=lambda path: int(path.stem.rpartition("-")[2]))
        if not found:
            raise DriverFault("The server's disk is not there.", str(self.home))
        return found[-1]

    def copy(self, copy_id: str) -> Path:
        """Where a copy of the root disk lies. DriverFault for a malformed id."""
        if not re.fullmatch(r"[0-9A-Za-z-]{1,64}", copy_id):
            raise DriverFault("The image's id is malformed.", copy_id)
        return self.home / f"copy-{copy_id}.qcow2"

    def blank(self, disk: BlankDisk) -> Path:
        if not re.fullmatch(r"[a-z]{3,6}", disk.device):
            raise DriverFault(f"{disk.device!r} is no disk's name.")
        return self.home / f"{disk.device}-{disk.kind}.raw"

    def make(self, spec: EnsureDomain, base: Path | None) -> None:
        """Everything the guest needs before it starts. What is there already stays, a half-made file is made anew."""
        instances = self.home.parent
        instances.mkdir(mode=0o711, exist_ok=True)
        self.home.mkdir(mode=0o750, exist_ok=True)
        os.chown(self.home, 0, grp.getgrnam(GUEST_GROUP).gr_gid)
        self.vnc_socket.parent.mkdir(mode=0o700, exist_ok=True)
        give_to_guest(self.vnc_socket.parent, mode=0o700)
        if isinstance(spec.root, RootDisk):
            if base is None:
                raise DriverFault("The image is not there.", f"no cached file for {spec.root.image.image_id}")
            if not self.root(spec.root.incarnation).exists():
                self._drop_blanks()  # before there is a root: a rebuilt guest has no disk of the former one
            self._make_root(spec.root, base)
        for disk in spec.blanks:
            self._make_blank(disk)
        if spec.config_drive and spec.metadata is not None:
            self._make_config_drive(spec.metadata)

    def _make_root(self, root: RootDisk, base: Path) -> None:
        path = self.root(root.incarnation)
        if not path.exists():
            form = FORMATS[base.suffix]
            needs = virtual_size(base, form)
            size = root.size_gib * GIB or needs
            if needs > size:
                raise DriverFault(f"The image needs a disk of {-(-needs // GIB)} GiB, the flavor has {root.size_gib}.")
            part = empty_for_guest(self.home / ".root.part")
            words = ("create", "-q", "-f", "qcow2", "-F", form, "-b", base, part, str(size))
            qemu_img(words, "The root disk could not be made.")
            part.rename(path)
        for old in self.home.glob("root-*.qcow2"):
            if old != path:
                old.unlink()

    def _drop_blanks(self) -> None:
        for kind in ("ephemeral", "swap"):
            for old in self.home.glob(f"*-{kind}.raw"):
                old.unlink()

    def _make_blank(self, disk: BlankDisk) -> None:
        path = self.blank(disk)
        if path.exists():
            return
        part = self.home / f".{disk.device}.part"
        with part.open("wb") as file:
            file.truncate(disk.size_mib * 1024 * 1024)
        text = "An extra disk could not be made."
        if disk.kind == "swap":
            run_bounded(["mkswap", str(part)], 60, text)
        else:
            run_bounded(["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=1", "-L", "ephemeral0", str(part)], 300, text)
        give_to_guest(part)
        part.rename(path)

    def _make_config_drive(self, metadata: GuestMetadata) -> None:
        if sum(len(content) for content in metadata.files.values()) > MOST_METADATA_BYTES:
            raise DriverFault("The server's metadata is too large for a config drive.")
        tree = self.home / f".config-{uuid.uuid4().hex}"
        tree.mkdir(mode=0o700)
        part = self.home / ".config.part"
        try:
            for name, content in metadata.files.items():
                file = tree / safe_path(name)
                file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                file.write_bytes(content)
            argv = ["genisoimage", "-quiet", "-o", str(part), "-ldots", "-allow-lowercase", "-allow-multidot", "-l"]
            argv += ["-publisher", "gureum", "-J", "-r", "-V", "config-2", str(tree)]
            run_bounded(argv, 60, "The config drive could not be made.")
            give_to_guest(part)
            part.rename(self.config_drive)
        finally:
            shutil.rmtree(tree, ignore_errors=True)

    def remove(self) -> None:
        """Everything away; nothing to do when it is away."""
        for _ in range(3):  # a QEMU in its last moments may still write its log
            shutil.rmtree(self.home, ignore_errors=True)
            if not self.home.exists():
                return
        raise DriverFault("The server's files could not be removed.", str(self.home), again=True)


def safe_path(name: str) -> PurePosixPath:
    """A relative path of plain words. DriverFault for anything that could leave its directory."""
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts or "\0" in name or len(name) > 255:
        raise DriverFault("The server's metadata has a malformed file name.", repr(name))
    return path


def give_to_guest(path: Path, mode: int = 0o600) -> None:
    """Let QEMU, and nobody else, open it."""
    path.chmod(mode)
    os.chown(path, pwd.getpwnam(GUEST_USER).pw_uid, grp.getgrnam(GUEST_GROUP).gr_gid)
