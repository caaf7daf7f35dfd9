"""Being one of several processes: dying with the parent, holding what only one may hold, and the ports they listen on."""

import ctypes
import fcntl
import os
import signal
import socket
import sys
import time
from collections.abc import Sequence
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


def listeners(host: str, ports: Sequence[int]) -> list[socket.socket]:
    """A bound socket for every port. Raises OSError naming the port that is taken. Port 0 takes a free one."""
    found: list[socket.socket] = []
    for port in ports:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # uvicorn tells TCP from unix sockets by the protocol number
        sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, port))
        except OSError as error:
            for one in (*found, sock):
                one.close()
            raise OSError(error.errno, f"port {port} of {host}: {error.strerror}") from None
        sock.set_inheritable(False)
        found.append(sock)
    return found
