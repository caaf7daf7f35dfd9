"""System calls that Python 3.11 has no name for. All raise OSError."""

import ctypes
import os
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWNET = 0x40000000

MS_NOSUID, MS_NODEV = 2, 4
MS_BIND, MS_REC, MS_SLAVE, MS_PRIVATE = 4096, 16384, 1 << 19, 1 << 18

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Leave the namespaces of `flags` for new ones (this thread only, for network namespaces)."""
    _check(_libc.unshare(flags), "unshare")


def setns(descriptor: int, flags: int) -> None:
    """Move this thread into the namespace behind `descriptor`."""
    _check(_libc.setns(descriptor, flags), "setns")


def mount(source: str, target: Path | str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """mount(2)."""
    words = [part.encode() or None for part in (source, str(target), kind)]
    _check(_libc.mount(*words, ctypes.c_ulong(flags), options.encode() or None), f"mount {target}")


def bind(source: Path, target: Path | str) -> None:
    """Show the directory `source` at `target` in this mount namespace."""
    mount(str(source), target, flags=MS_BIND)


def set_host_name(name: str) -> None:
    """sethostname(2)."""
    encoded = name.encode()
    _check(_libc.sethostname(encoded, ctypes.c_size_t(len(encoded))), "sethostname")


def boot_id() -> str:
    """Different after every boot of the machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
