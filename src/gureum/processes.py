"""Being one of several processes: dying with the parent, and holding what only one may hold."""

import ctypes
import fcntl
import os
import signal
import sys
import time
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Have the kernel send this process `number` when its parent dies; ends at once if it is dead already."""
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(0)


def lock(path: Path, *, wait: float = 0.0) -> IO[str]:
    """Hold the lock file as long as the returned file is open; the kernel frees it when the process dies.

    Waits `wait` seconds for another holder to end. Raises BlockingIOError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+")
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except BlockingIOError:
            if time.monotonic() >= deadline:
                file.close()
                raise
            time.sleep(0.02)


def start_time(pid: int) -> int | None:
    """When a process started, in clock ticks since the machine did: with the pid, it names a process for ever."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat[stat.rindex(")") + 2 :].split()
    return None if fields[0] == "Z" else int(fields[19])
