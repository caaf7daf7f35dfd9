"""A closed box for a whole cloud: own network without a way out, own processes, own /run, own host name.

    python -m gureum.agent.host.enclosure NAME -- COMMAND ARGUMENT…     run a command in a new box
    python -m gureum.agent.host.enclosure NAME --enter -- COMMAND …     join the box of that name

The box is a process namespace: when its first process ends, for whatever reason, the kernel kills every process in it,
and with the last one go its mounts, its network, and all devices in it. So nothing is left to clean, not even after
`kill -9`. Files in the state directory are the caller's.
"""

import argparse
import contextlib
import ctypes
import fcntl
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import IO

from gureum.agent.host import linux
from gureum.agent.host.process import command_line, read_pid
from gureum.agent.host.settings import HostFault

MODULE = "gureum.agent.host.enclosure"
ROOT = Path("/run/gureum-enclosures")
MARK = "GUREUM_ENCLOSURE"
"""Environment variable that tells a process which box it is in."""
PR_SET_PDEATHSIG = 1


def inside() -> str:
    """The name of the box this process is in, empty when it is in none."""
    return os.environ.get(MARK, "")


def enclose(name: str, command: list[str]) -> int:
    """Run `command` in a new box and return its exit status. Raises HostFault when a box of that name is in use."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,30}", name):
        raise HostFault("The name of a box is lower-case letters, digits and dashes, at most 31.")
    ROOT.mkdir(mode=0o700, exist_ok=True)
    lock = _lock(ROOT / f"{name}.lock")
    pidfile = ROOT / f"{name}.pid"
    os.set_inheritable(lock.fileno(), True)
    argv = ["unshare", "--net", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child=KILL", "--mount-proc"]
    argv += ["--", sys.executable, "-m", MODULE, name, "--first", "--", *command]
    child = subprocess.Popen(argv, env={**os.environ, MARK: name}, pass_fds=(lock.fileno(),), preexec_fn=_die_with_us)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: _pass_on(child, number))
    pidfile.write_text(str(_first_process(child)))
    try:
        return child.wait()
    finally:
        pidfile.unlink(missing_ok=True)
        Path(lock.name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            ROOT.rmdir()


def _lock(path: Path) -> IO[str]:
    """The box's lock. A killed predecessor's processes may take a moment to fall, and with them theirs."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        file = path.open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and os.fstat(file.fileno()).st_ino == path.stat().st_ino:
                return file
        except BlockingIOError:
            time.sleep(0.1)
        file.close()
    raise HostFault(f"The box {path.stem} is in use.")


def _die_with_us() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _pass_on(child: subprocess.Popen[bytes], number: int) -> None:
    first = _first_process(child)
    if first:
        with contextlib.suppress(ProcessLookupError):
            os.kill(first, number)


def _first_process(child: subprocess.Popen[bytes]) -> int:
    """The box's first process as seen from outside, 0 when it has ended."""
    listing = Path(f"/proc/{child.pid}/task/{child.pid}/children")
    deadline = time.monotonic() + 5
    while child.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if pids := listing.read_text().split():
                return int(pids[0])
        time.sleep(0.01)
    return 0


def enter(name: str, command: list[str]) -> None:
    """Replace this process by `command` in the box `name`. Raises HostFault when there is none."""
    pid = read_pid(ROOT / f"{name}.pid")
    if pid is None or "--first" not in command_line(pid):
        raise HostFault(f"There is no box {name}.")
    environment = {**os.environ, MARK: name}
    argv = ["nsenter", "-t", str(pid), "-n", "-m", "-u", "-i", "-p", f"--wdns={Path.cwd()}", "--", *command]
    os.execvpe("nsenter", argv, environment)  # noqa: S606


def be_first(name: str, command: list[str]) -> int:
    """Furnish the box, run `command`, and look after orphans until it ends. The first process in the box."""
    linux.mount("none", "/", flags=linux.MS_REC | linux.MS_PRIVATE)
    # An own /run hides the system's D-Bus, systemd, libvirt and network namespaces: no way out there either.
    linux.mount("tmpfs", "/run", "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "mode=755,size=64m")
    for directory in ("netns", "lock", "libvirt"):
        Path("/run", directory).mkdir()
    _own_sys()
    _own_names(name)
    subprocess.run(("ip", "link", "set", "lo", "up"), check=True)
    child = subprocess.Popen(command)

    def forward(number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, forward)
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == child.pid:
            return os.waitstatus_to_exitcode(status) & 0xFF


def _own_sys() -> None:
    """A /sys that shows this network's devices, with the control groups of the machine (libvirt wants to see them)."""
    keep = Path("/run/cgroup")
    keep.mkdir()
    linux.mount("/sys/fs/cgroup", keep, flags=linux.MS_BIND | linux.MS_REC)
    linux.mount("sysfs", "/sys", "sysfs", linux.MS_NOSUID | linux.MS_NODEV)
    linux.mount(str(keep), "/sys/fs/cgroup", flags=linux.MS_BIND | linux.MS_REC)


def _own_names(name: str) -> None:
    """A host name that resolves at once: nobody here can ask a name server, and waiting for one takes 20 s."""
    linux.set_host_name(name)
    for file, text in (("hosts", f"127.0.0.1 localhost\n::1 localhost\n127.0.1.1 {name}\n"), ("resolv.conf", "")):
        own = Path("/run", file)
        own.write_text(text)
        linux.bind(own, Path("/etc", file).resolve())


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m gureum.agent.host.enclosure", description=__doc__)
    parser.add_argument("name")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--enter", action="store_true", help="join a box that is there")
    how.add_argument("--first", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("command", nargs="+")
    given = parser.parse_args(arguments)
    try:
        if given.enter:
            enter(given.name, given.command)
        return be_first(given.name, given.command) if given.first else enclose(given.name, given.command)
    except HostFault as fault:
        print(fault, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
