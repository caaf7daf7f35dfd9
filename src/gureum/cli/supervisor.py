"""The supervisor: starts control and agent, starts them again when they die, ends them in order.

It is a small process of its own behind `gureum up`. Its children die with it; guests and the host's daemons do not.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gureum.cli.place import Account, Place, account
from gureum.processes import listeners, lock, start_time
from gureum.settings import Settings, load

LOCK = "supervisor.lock"
STATES = "processes.json"
_SLOWEST_RESTART = 10.0
_STEADY_SECONDS = 10.0
_STOP_SECONDS = 10.0


@dataclass
class Child:
    """A process that shall run."""

    name: str
    command: list[str]
    user: Account | None = None
    stdin: str = ""
    umask: int = 0o027
    sockets: tuple[int, ...] = ()
    """Descriptors that it is given."""
    process: "subprocess.Popen[str] | None" = None
    started: float = 0.0
    restarts: int = 0
    not_before: float = 0.0
    last_exit: int | None = None

    def start(self, log: Path) -> None:
        """Start it, its output going to its log file."""
        options: dict[str, Any] = {}
        if self.user is not None and os.geteuid() == 0:
            options = {"user": self.user.uid, "group": self.user.gid, "extra_groups": []}
        with (log / f"{self.name}.log").open("a") as output:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                text=True,
                cwd="/",
                umask=self.umask,
                pass_fds=self.sockets,
                **options,
            )
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(self.stdin)
            self.process.stdin.close()
        self.started = time.monotonic()

    def check(self, log: Path) -> bool:
        """Start it again if it has died and its turn has come; says whether anything changed."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is None:
            calmed = self.restarts > 0 and now - self.started > _STEADY_SECONDS
            if calmed:
                self.restarts = 0
            return calmed
        if self.process is not None:
            self.last_exit = self.process.returncode
            self.process = None
            steady = now - self.started > _STEADY_SECONDS
            self.restarts = 0 if steady else self.restarts + 1
            self.not_before = now + min(_SLOWEST_RESTART, 0.1 * 2 ** min(self.restarts, 10) - 0.1)
            return True
        if now < self.not_before:
            return False
        self.start(log)
        return True

    def state(self) -> dict[str, Any]:
        """What `gureum status` shows."""
        pid = self.process.pid if self.process else None
        return {"name": self.name, "pid": pid, "restarts": self.restarts, "last_exit": self.last_exit}

    def end(self) -> None:
        """Ask it to end; after a while, make it."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Supervisor:
    """Runs the children of one cloud."""

    place: Place
    children: list[Child]
    stopping: bool = False
    changed: bool = field(default=True)

    def run(self) -> None:
        """Until SIGTERM."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self.stopping:
            for child in self.children:
                self.changed |= child.check(self.place.log)
            if self.changed:
                self._write()
            time.sleep(0.05)
        for child in reversed(self.children):
            child.end()
        (self.place.run / STATES).unlink(missing_ok=True)

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def _write(self) -> None:
        self.changed = False
        states = {
            "pid": os.getpid(),
            "started": start_time(os.getpid()),
            "children": [child.state() for child in self.children],
        }
        path = self.place.run / STATES
        temporary = path.with_suffix(".new")
        temporary.write_text(json.dumps(states))
        temporary.replace(path)


def children(place: Place, settings: Settings) -> list[Child]:
    """The processes of this machine."""
    who = account(settings)
    program = [sys.executable, "-m", "gureum.control", str(place.state)]
    sockets = _shared(place, settings, who, program) if settings.workers > 1 else ()
    controls: list[Child] = []
    for number in range(1, settings.workers + 1):
        command = [*program, "--process", str(number)]
        if sockets:
            command += ["--sockets", *map(str, sockets)]
        name = "control" if number == 1 else f"control-{number}"
        controls.append(Child(name, command, user=who, stdin=place.password() + "\n", sockets=sockets))
    # QEMU's user passes through the directories that the agent makes
    command = [sys.executable, "-m", "gureum.agent", "--config", str(place.run / "agent.json")]
    agent = Child("agent", command, umask=0o022)
    return [*controls, agent]


def _shared(place: Place, settings: Settings, who: Account, program: list[str]) -> tuple[int, ...]:
    """Descriptors of the listeners that control processes share: of agents, then of each port.

    They are the supervisor's, so that what comes while one process is dead is taken by another.
    """
    ports = subprocess.run([*program, "--ports"], capture_output=True, text=True, check=True, cwd="/").stdout.split()
    agents = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    place.socket.unlink(missing_ok=True)
    old = os.umask(0o177)
    try:
        agents.bind(str(place.socket))
    finally:
        os.umask(old)
    if os.geteuid() == 0:
        os.chown(place.socket, who.uid, who.gid)
    found = [agents, *listeners(settings.api.listen, [int(port) for port in ports])]
    for one in found:
        one.listen(2048)
    return tuple(one.detach() for one in found)


def running(place: Place) -> dict[str, Any] | None:
    """The states that a living supervisor wrote, or None."""
    try:
        states = json.loads((place.run / STATES).read_text())
    except (OSError, ValueError):
        return None
    return states if start_time(states["pid"]) == states["started"] else None


def main() -> None:
    """Entry point: `python -m gureum.cli.supervisor STATE`."""
    place = Place(Path(sys.argv[1]))
    try:
        held = lock(place.run / LOCK, wait=5.0)
    except BlockingIOError:
        sys.exit("another supervisor runs this cloud")
    os.umask(0o022)
    try:
        Supervisor(place, children(place, load(place.state))).run()
    finally:
        held.close()


if __name__ == "__main__":
    main()
