"""Whether KVM really works: a guest of 512 bytes tells, for on some machines /dev/kvm opens and no guest ever runs."""

import grp
import os
import pwd
import subprocess
import tempfile
from pathlib import Path

import structlog

from gureum.agent.host import linux

log = structlog.get_logger()

GUEST_USER = "libvirt-qemu"
GUEST_GROUP = "kvm"
"""Whom QEMU runs as."""

BOOT_SECTOR = bytes.fromhex("b02ae6f4f4ebfd").ljust(510, b"\0") + b"\x55\xaa"
"""Real mode: write 42 to port 0xf4, then halt. QEMU's exit device makes (42 << 1) | 1 of it."""
ANSWER = (42 << 1) | 1
PATIENCE = 6.0
"""Seconds a probe guest may take; it takes well under one where it works."""


def guest_runs(accelerator: str) -> bool:
    """Whether a guest of one boot sector runs under `accelerator` (kvm or tcg)."""
    with tempfile.NamedTemporaryFile(suffix=".img") as disk:
        disk.write(BOOT_SECTOR)
        disk.truncate(1024 * 1024)  # the firmware sees no disk in less
        disk.flush()
        os.chmod(disk.name, 0o644)
        user, group = pwd.getpwnam(GUEST_USER), grp.getgrnam(GUEST_GROUP)
        argv = [
            "qemu-system-x86_64",
            "-accel",
            accelerator,
            "-machine",
            "pc",
            "-m",
            "16",
            "-nodefaults",
            "-no-user-config",
        ]
        argv += ["-display", "none", "-no-reboot", "-device", "isa-debug-exit,iobase=0xf4,iosize=1"]
        argv += ["-drive", f"file={disk.name},format=raw,if=virtio,readonly=on"]
        try:
            done = subprocess.run(
                argv,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=PATIENCE,
                # As the user that guests run as: /dev/kvm may be open to root alone.
                user=user.pw_uid,
                group=group.gr_gid,
                extra_groups=(),
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == ANSWER


def choose(state: Path) -> str:
    """`kvm` or `tcg`. Probed once after each boot of the machine, then remembered in the state directory."""
    memory = state / "accelerator"
    boot = linux.boot_id()
    try:
        known, word = memory.read_text().split()
        if known == boot and word in ("kvm", "tcg"):
            return word
    except (OSError, ValueError):
        pass
    word = "kvm" if Path("/dev/kvm").exists() and guest_runs("kvm") else "tcg"
    log.info("accelerator probed", accelerator=word)
    remember(state, word)
    return word


def remember(state: Path, word: str) -> None:
    """Hold `word` to be the answer until the next boot of the machine."""
    (state / "accelerator").write_text(f"{linux.boot_id()} {word}\n")
