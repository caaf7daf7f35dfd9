"""Processes that are ours: found by pid file, checked by command line, signalled without a race.

A pid alone proves nothing, it may have been given to someone else. A `pidfd` pins the process; the command line, read
while it is pinned, must carry our own pid file's path. Only then is a signal sent, through the pidfd.
"""

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from gureum.agent.host.settings import HostFault

log = structlog.get_logger()


def command_line(pid: int) -> list[str]:
    """The arguments of a process; empty for one that is gone, dying, or a kernel thread."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
    except OSError:
        return []


def read_pid(path: Path) -> int | None:
    """The number in a pid file (libvirt's have no newline), None when there is none."""
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def pin(pid: int, marker: str) -> int | None:
    """A pidfd of the live process `pid` if an argument of it contains `marker`; the caller closes it."""
    try:
        pinned = os.pidfd_open(pid)
    except OSError:
        return None
    if any(marker in part for part in command_line(pid)) and not _ended(pinned, 0):
        return pinned
    os.close(pinned)
    return None


def _ended(pinned: int, seconds: float) -> bool:
    poller = select.poll()
    poller.register(pinned, select.POLLIN)
    return bool(poller.poll(seconds * 1000))


def end(pid: int, marker: str, *, patience: float = 10.0) -> bool:
    """End our process: TERM, then KILL after `patience` seconds. True once it is gone (or was not there)."""
    pinned = pin(pid, marker)
    if pinned is None:
        return True
    try:
        for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(pinned, number)
            if _ended(pinned, seconds):
                return True
        return False
    finally:
        os.close(pinned)


def run(argv: Sequence[str], *, env: Mapping[str, str] | None = None, seconds: float = 30.0) -> str:
    """Run a program to its end and return its output. Raises HostFault with the program's last words."""
    try:
        done = subprocess.run(
            argv, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, errors="replace"
        )
    except FileNotFoundError as missing:
        raise HostFault(f"The program {argv[0]} is not installed.") from missing
    except subprocess.TimeoutExpired as late:
        raise HostFault(f"{argv[0]} did not end within {seconds:.0f} s.") from late
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip().splitlines()
        raise HostFault(f"{argv[0]} failed: {words[-1] if words else f'exit status {done.returncode}'}")
    return done.stdout


@dataclass(frozen=True)
class Daemon:
    """A program that puts itself into the background and writes `pidfile`, whose path is among its arguments."""

    name: str
    argv: tuple[str, ...]
    pidfile: Path
    ready: Callable[[], bool]
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    prepare: Callable[[], None] = lambda: None
    nice: int = 0
    farewell: tuple[str, ...] = ()
    """A command that asks the daemon to end, taking along what a signal would leave behind."""

    def pid(self) -> int | None:
        """The running daemon's pid, None when it does not run (a zombie does not run)."""
        pid = read_pid(self.pidfile)
        if pid is None:
            return None
        pinned = pin(pid, str(self.pidfile))
        if pinned is None:
            return None
        os.close(pinned)
        return pid

    def ensure(self, seconds: float = 20.0) -> bool:
        """Start the daemon unless it runs, and wait until it serves. True if it had to be started. Raises HostFault."""
        started = False
        if self.pid() is None:
            self.prepare()
            self.pidfile.parent.mkdir(parents=True, exist_ok=True)
            run(("nice", "-n", str(self.nice), *self.argv), env=self.env, seconds=seconds)
            started = True
        deadline = time.monotonic() + seconds
        while not self.ready():
            if time.monotonic() > deadline:
                raise HostFault(f"{self.name} was started and does not answer after {seconds:.0f} s.")
            time.sleep(0.02)
        if started:
            log.info("daemon started", daemon=self.name, pid=self.pid())
        return started

    def stop(self, patience: float = 10.0) -> None:
        """End the daemon in order. Raises HostFault if it cannot be ended."""
        pid = read_pid(self.pidfile)
        if self.farewell and self.pid() is not None:
            with contextlib.suppress(HostFault):
                run(self.farewell, env=self.env, seconds=patience)
                deadline = time.monotonic() + patience
                while self.pid() is not None and time.monotonic() < deadline:
                    time.sleep(0.02)
        if pid is not None and not end(pid, str(self.pidfile), patience=patience):
            raise HostFault(f"{self.name} (process {pid}) does not end.")
        self.pidfile.unlink(missing_ok=True)
