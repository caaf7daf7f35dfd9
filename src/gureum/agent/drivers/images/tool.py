"""qemu-img, as the user guests run as, bounded in memory, processor time and file size; formats are said, never guessed."""

import grp
import json
import os
import pwd
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.host.accelerator import GUEST_GROUP, GUEST_USER

MEMORY = 2 * 1024**3
"""Address space, in bytes. Threads take most of it: with 1 GiB one conversion in seven could not start its own (measured)."""
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}
"""One arena, since each thread's own would reserve 64 MiB of the address space."""
MOST_BYTES = 16 * 1024**4
"""No file grows beyond it, whatever a tenant's image claims."""
TICK = 1.0
CONVERT_SECONDS = 3600.0


def qemu_img(
    words: Sequence[str | Path], text: str, *, seconds: float = 60.0, tick: Callable[[], None] = lambda: None
) -> str:
    """Output of `qemu-img WORDS`; `tick` is called every second. DriverFault says `text` when it fails or takes too long."""
    argv = [
        "prlimit",
        f"--as={MEMORY}",
        f"--cpu={int(seconds) + 1}",
        f"--fsize={MOST_BYTES}",
        "--nofile=64",
        "--core=0",
    ]
    argv += ["--", "qemu-img", *(str(word) for word in words)]
    user, group = pwd.getpwnam(GUEST_USER).pw_uid, grp.getgrnam(GUEST_GROUP).gr_gid
    try:
        running = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env=ENVIRONMENT,
            user=user,
            group=group,
            extra_groups=(),
            umask=0o077,
        )
    except OSError as missing:
        raise DriverFault(text, str(missing)) from missing
    deadline = time.monotonic() + seconds
    while True:
        try:
            out, errors = running.communicate(timeout=TICK)
            break
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline:
                running.kill()
                running.communicate()
                raise DriverFault(text, f"qemu-img {words[0]} took more than {seconds:.0f} s") from None
            tick()
    if running.returncode != 0:
        raise DriverFault(text, f"qemu-img {words[0]}: {errors.strip()[-500:]}")
    return out


def empty_for_guest(path: Path) -> Path:
    """A new empty file that only QEMU's user may open; what was there goes."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    os.chown(path, pwd.getpwnam(GUEST_USER).pw_uid, grp.getgrnam(GUEST_GROUP).gr_gid)
    return path


def directory_for_guest(path: Path) -> Path:
    """A directory that QEMU's user may look into by name and nobody else."""
    path.mkdir(mode=0o710, parents=True, exist_ok=True)
    os.chown(path, 0, grp.getgrnam(GUEST_GROUP).gr_gid)
    path.chmod(0o710)
    return path


def virtual_size(path: Path, format: str, *, backed: bool = False) -> int:
    """Bytes a guest sees. DriverFault for a file that cannot be read, or that points at another one but may not be `backed`."""
    out = qemu_img(("info", "-U", "-f", format, "--output=json", path), "The image cannot be read.")
    facts = json.loads(out)
    if backed:
        return int(facts["virtual-size"])
    if "backing-filename" in facts or "data-file" in json.dumps(facts.get("format-specific", {})):
        raise DriverFault("The image refers to other files and must not be used.")
    return int(facts["virtual-size"])


def copy_cold(disk: Path, part: Path, text: str, progress: Callable[[int], None]) -> None:
    """Copy a qcow2 disk that nobody has open, with all that it stands on, into one qcow2 file. DriverFault says `text`."""
    size = max(1, disk.stat().st_blocks)
    words = ("convert", "-f", "qcow2", "-O", "qcow2", disk, part)
    qemu_img(words, text, seconds=CONVERT_SECONDS, tick=lambda: progress(min(99, part.stat().st_blocks * 100 // size)))


def keep(part: Path, path: Path) -> None:
    """A finished file gets its name once its bytes are on the disk."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.rename(path)
