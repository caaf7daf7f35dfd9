"""Our processes: those that should run, those that should not, and what they hold."""

import json
import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from gureum.agent.host.process import command_line, end
from gureum.cli import client, lifecycle
from gureum.cli.doctor.finding import Finding, Fix
from gureum.cli.place import Place
from gureum.cli.screen import screen
from gureum.cli.supervisor import LOCK, STATES, running
from gureum.processes import start_time
from gureum.settings import load

_LOOP = 3
_LISTEN = "0A"


def examine(place: Place, *, hopeless: bool) -> Iterator[Finding]:
    """What is wrong with the processes. `hopeless`: something else must be mended by hand before the cloud can be started."""
    states = running(place)
    ours = _ours(states)
    strangers = [*_lock_holders(place, ours), *_port_holders(place, ours)]
    yield from strangers
    if states is None:
        yield _down(place, blocked=hopeless or any(one.fix is None for one in strangers))
        return
    for one in [{"name": "supervisor", "pid": states["pid"], "restarts": 0}, *states["children"]]:
        yield from _one(place, one)


def _ours(states: dict[str, Any] | None) -> dict[str, int]:
    """Name to pid of what the living supervisor knows."""
    if states is None:
        return {}
    return {"supervisor": states["pid"]} | {one["name"]: one["pid"] for one in states["children"] if one["pid"]}


def _down(place: Place, *, blocked: bool) -> Finding:
    stale = (place.run / STATES).exists()
    died = f"; {place.run / STATES} names one that ended without a word" if stale else ""
    return Finding(
        f"the cloud does not run: there is no supervisor{died}",
        "nobody answers and nothing goes on; guests of real hosts keep running",
        "gureum up",
        None if blocked else Fix("start the cloud", lambda: _up(place)),
    )


def _up(place: Place) -> None:
    lifecycle.up(place, sim=False, port=None, hosts=None, say=screen.say)


def _one(place: Place, one: dict[str, Any]) -> Iterator[Finding]:
    name, pid = one["name"], one["pid"]
    if pid is None or start_time(pid) is None:
        yield Finding(
            f"{name} does not run",
            "the supervisor starts it again, slower and slower while it fails",
            f"gureum logs {name} says why:{_last(place, name)}",
        )
    elif state_of(pid) in "Tt":
        yield Finding(
            f"{name} (process {pid}) is stopped by a signal",
            "it does nothing until it is continued, and nobody starts another one",
            f"kill -CONT {pid}",
            Fix(f"continue {name} (process {pid})", partial(os.kill, pid, signal.SIGCONT)),
        )
    elif name.startswith("control") and not client.alive(load(place.state)):
        yield Finding(
            f"control (process {pid}) runs but does not answer at {client.base_url(load(place.state))}",
            "it still starts, or it hangs",
            f"gureum logs control:{_last(place, name)}",
            Fix(
                f"end control (process {pid}), so that the supervisor starts it anew",
                partial(end, pid, "gureum.control"),
            ),
        )
    elif one["restarts"] >= _LOOP:
        yield Finding(
            f"{name} was started again {one['restarts']} times lately",
            "it does not stay up",
            f"gureum logs {name} says why:{_last(place, name)}",
        )


def _last(place: Place, name: str) -> str:
    path = place.log / f"{name}.log"
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    return "".join(f"\n      {line[:300]}" for line in lines[-2:])


def state_of(pid: int) -> str:
    """The letter of a process's state; T and t are stopped ones."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return " "
    return stat[stat.rindex(")") + 2 :].split()[0]


def _lock_holders(place: Place, ours: dict[str, int]) -> Iterator[Finding]:
    """Processes that hold what only one may, and that the supervisor does not know."""
    locks = {"supervisor": place.run / LOCK, "agent": place.agent / "agent.lock"}
    locks |= {path.stem: path for path in place.control.glob("control*.lock")}
    for pid in _pids():
        opened = _opened(pid)
        for name, path in locks.items():
            if path in opened and pid not in (ours.get(name), os.getpid()):
                yield _stranger(place, pid, f"holds {path}", f"a second {name} may not run while it does")


def _port_holders(place: Place, ours: dict[str, int]) -> Iterator[Finding]:
    """Others that listen where control should."""
    try:
        wanted = set(json.loads((place.control / "ports.json").read_bytes()))
    except (OSError, ValueError):
        wanted = {load(place.state).api.port}
    listening = {inode: port for inode, port in _listeners() if port in wanted}
    found: dict[int, int | None] = dict.fromkeys(listening.values())
    for pid in _pids() if listening else ():
        sockets = {str(path) for path in _opened(pid)}
        found |= {port: pid for inode, port in listening.items() if f"socket:[{inode}]" in sockets}
    for port, pid in sorted(found.items()):
        if pid not in ours.values() and not (pid is None and "control" in ours):
            yield _stranger(
                place, pid, f"listens at port {port}", "the API cannot open that port, and control does not start"
            )


def _stranger(place: Place, pid: int | None, does: str, means: str) -> Finding:
    """A process that is in the way. It is ended only where it is a left over one of this cloud's own."""
    if pid is None:
        return Finding(f"a process of another user {does}", means, "end it, or: gureum up --port N")
    line = command_line(pid)
    module = next((word for word in line if word.startswith("gureum.")), "")
    left_over = module in ("gureum.control", "gureum.agent", "gureum.cli.supervisor") and any(
        word.startswith(str(place.state)) for word in line
    )
    plan = f"end process {pid} ({module}), which its supervisor left behind"
    return Finding(
        f"process {pid} ({' '.join(line)[:100]}) {does}",
        means,
        f"end it: kill {pid}" if left_over else "end it, or give the cloud another port: gureum up --port N",
        Fix(plan, partial(end, pid, str(place.state))) if left_over else None,
    )


def _pids() -> Iterator[int]:
    return (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def _opened(pid: int) -> set[Path]:
    """What a process has open, as far as we may see it."""
    found: set[Path] = set()
    try:
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            found.add(entry.readlink())
    except OSError:
        pass
    return found


def _listeners() -> Iterator[tuple[str, int]]:
    """(inode, port) of every listening TCP socket."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            if fields[3] == _LISTEN:
                yield fields[9], int(fields[1].rpartition(":")[2], 16)
