"""Starting, ending and looking at the cloud of one state directory."""

import contextlib
import ipaddress
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import msgspec

import gureum
from gureum.agent.host import packages
from gureum.agent.host.bridges import free_range
from gureum.agent.host.settings import HostFault
from gureum.cli import client, restore
from gureum.cli.place import Account, Place, account, prepare
from gureum.cli.supervisor import running
from gureum.processes import start_time
from gureum.settings import FILE as SETTINGS_FILE
from gureum.settings import Settings, default_state, load, save

_READY_SECONDS = 60.0
_DOWN_SECONDS = 30.0
_MOST_RESTARTS = 3
PREFERRED_RANGE = "192.168.122.0/24"
Say = Callable[[str], None]


def up(place: Place, *, sim: bool, port: int | None, hosts: int | None, workers: int | None = None, say: Say) -> None:
    """Start the cloud unless it runs, and wait until it answers. Raises ClickException with what to do next."""
    began = time.monotonic()
    if running(place) is None:
        restore.finish(place)
    settings = _settings(place, sim, port, hosts, workers)
    _prepare(place, settings)
    supervisor = None
    if running(place) is None:
        say(f"starting in {place.state}")
        supervisor = _start(place)
    try:
        _wait(place, settings, supervisor, say)
    except click.ClickException:
        if supervisor is not None and supervisor.poll() is None:
            supervisor.terminate()
            supervisor.wait(_DOWN_SECONDS)
        raise
    shutil.copy(place.state / SETTINGS_FILE, place.good_settings)
    kind = "simulated cloud" if settings.host.drivers == "sim" else "cloud"
    say(f"[green]{kind} up[/green] at {client.base_url(settings)} ({time.monotonic() - began:.1f} s)")
    say(f'next: eval "$({_again(place)} openrc)" and openstack service list')


def _again(place: Place) -> str:
    """The command as it must be typed for this state directory."""
    return "gureum" if place.state == default_state() else f"gureum --state {place.state}"


def _settings(place: Place, sim: bool, port: int | None, hosts: int | None, workers: int | None) -> Settings:
    try:
        settings = load(place.state)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    kind = settings.host.drivers
    if sim and kind == "real":
        raise click.ClickException(f"{place.state} holds a real cloud; use another --state for a simulated one")
    if not kind:
        if not sim and os.geteuid() != 0:
            raise click.ClickException("real hosts need root; without it: gureum up --sim")
        settings.host.drivers = "sim" if sim else "real"
    if port is not None:
        settings.api.port, settings.api.classic_ports = port, False
    if hosts is not None:
        settings.sim.hosts = hosts
    if workers is not None:
        settings.workers = workers
    if settings.workers > 1 and not settings.database:
        raise click.ClickException(
            "SQLite belongs to one control process: several (--workers) need PostgreSQL, named by `database` in "
            f"{place.state / SETTINGS_FILE}"
        )
    _check_programs(settings)
    _choose_range(settings)
    return settings


def _prepare(place: Place, settings: Settings) -> None:
    try:
        who = account(settings)
    except KeyError:
        raise click.ClickException(
            f"the control plane runs as user {settings.user}, who does not exist; ./install makes it, or: "
            f"useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin {settings.user}"
        ) from None
    _check_readable(who)
    prepare(place, who)
    save(place.state, settings)
    config = {
        "name": settings.host.name or socket.gethostname(),
        "link": f"unix:{place.socket}",
        "roles": ["host", "network", "storage", "fetch"],
        "drivers": settings.host.drivers,
        "state": str(place.agent),
        "image_seconds": settings.host.image_hours * 3600,
        "sim": {
            "hosts": settings.sim.hosts,
            "seed": settings.sim.seed,
            "latency": settings.sim.latency,
            "clock_ahead": settings.sim.clock_ahead,
            "mtu": settings.sim.mtu,
        },
        "settings": settings.host.options | {"host": _host_options(settings)},
    }
    path = place.run / "agent.json"
    path.write_bytes(msgspec.json.encode(config))
    path.chmod(0o644)


def _check_readable(who: Account) -> None:
    """Raise ClickException where the control plane's user cannot read gureum itself, as below /root."""
    if os.geteuid() != 0:
        return
    command = [sys.executable, "-c", "import gureum"]
    try:
        done = subprocess.run(
            command, cwd="/", user=who.uid, group=who.gid, extra_groups=[], capture_output=True, timeout=60
        )
        readable = done.returncode == 0
    except PermissionError:
        readable = False
    if not readable:
        raise click.ClickException(
            f"the control plane runs as user {who.name}, who cannot read {sys.executable} or {Path(gureum.__file__).parent}; "
            "./install puts gureum where everybody can, /opt/gureum: use that one, or a checkout that others may read"
        )


def _host_options(settings: Settings) -> dict[str, Any]:
    """What the real drivers are told of this host; an operator's own options win."""
    found: dict[str, Any] = {}
    if settings.host.drivers == "real":
        network = ipaddress.ip_network(settings.network.external_range)
        found = {
            "name": settings.host.name or socket.gethostname(),
            "physical_network": settings.network.physical_network,
            "external_address": f"{network[1]}/{network.prefixlen}",
        }
    return found | settings.host.options.get("host", {})


def _check_programs(settings: Settings) -> None:
    """Raise ClickException with the command that installs what a real host lacks."""
    missing = packages.missing() if settings.host.drivers == "real" else []
    if missing:
        raise click.ClickException(f"this host lacks programs; ./install brings them, or: {install_command(missing)}")


def install_command(missing: list[str]) -> str:
    """What brings Debian packages."""
    return f"apt-get install --no-install-recommends {' '.join(missing)}"


def _choose_range(settings: Settings) -> None:
    """Settle the external network's range at the first start of a real host. Raises ClickException when none is free."""
    if settings.host.drivers != "real" or settings.network.external_range:
        return
    try:
        settings.network.external_range = free_range(PREFERRED_RANGE, "br-ex")
    except HostFault as fault:
        raise click.ClickException(str(fault)) from None


def _start(place: Place) -> "subprocess.Popen[bytes]":
    with (place.log / "supervisor.log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "gureum.cli.supervisor", str(place.state)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd="/",
        )


def _wait(place: Place, settings: Settings, supervisor: "subprocess.Popen[bytes] | None", say: Say) -> None:
    """Until the API answers and an agent is there; says what is waited for every few seconds."""
    deadline = time.monotonic() + _READY_SECONDS
    told = time.monotonic()
    before = _restarts(place)
    while True:
        missing = _missing(place, settings)
        if missing is None:
            return
        if time.monotonic() > deadline:
            raise click.ClickException(
                f"{missing} did not come up in {_READY_SECONDS:.0f} s; see: {_again(place)} logs"
            )
        if supervisor is not None and supervisor.poll() is not None:
            raise click.ClickException(f"the supervisor ended:\n{_last_lines(place, 'supervisor')}")
        failing = [name for name, count in _restarts(place).items() if count - before.get(name, 0) >= _MOST_RESTARTS]
        if failing:
            name = failing[0]
            raise click.ClickException(f"{name} does not stay up:\n{_last_lines(place, name)}")
        if time.monotonic() - told > 2:
            say(f"waiting for {missing}")
            told = time.monotonic()
        time.sleep(0.05)


def _restarts(place: Place) -> dict[str, int]:
    """How often each process was started again lately."""
    return {one["name"]: one["restarts"] for one in (running(place) or {}).get("children", [])}


def _missing(place: Place, settings: Settings) -> str | None:
    if running(place) is None:
        return "the supervisor"
    if not client.alive(settings):
        return "the API"
    agents = client.Admin(place).get("/gureum/v1/status")["agents"]
    return None if any(agent["up"] for agent in agents) else "the agent"


def _last_lines(place: Place, name: str) -> str:
    path = place.log / f"{name}.log"
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    return "\n".join(lines[-12:])


def down(place: Place, *, guests: bool, say: Say) -> None:
    """End the supervisor and with it control and agent; with `guests` also what runs on the host."""
    states = running(place)
    if states is None:
        say("the cloud does not run")
    else:
        os.kill(states["pid"], signal.SIGTERM)
        deadline = time.monotonic() + _DOWN_SECONDS
        while start_time(states["pid"]) == states["started"]:
            if time.monotonic() > deadline:
                raise click.ClickException("the supervisor does not end; see the log")
            time.sleep(0.05)
        say("control plane and agent ended; guests keep running" if not guests else "control plane and agent ended")
    if guests and load(place.state).host.drivers == "real":
        _stop_host(place, say)


def _stop_host(place: Place, say: Say) -> None:
    say("shutting guests and the host's daemons down")
    command = [sys.executable, "-m", "gureum.agent.host", "stop", "--config", str(place.run / "agent.json"), "--guests"]
    if subprocess.call(command) != 0:
        raise click.ClickException("not everything could be ended; see above")


def status(place: Place) -> dict[str, Any]:
    """What `gureum status` shows; `healthy` says whether all of it runs."""
    states = running(place)
    problems: list[str] = []
    found: dict[str, Any] = {"processes": [], "agents": [], "operations": []}
    if states is None:
        problems.append("the cloud does not run: gureum up")
    else:
        found["processes"] = [_process("supervisor", states["pid"], 0)] + [
            _process(one["name"], one["pid"], one["restarts"]) for one in states["children"]
        ]
        problems += [f"{one['name']} does not run" for one in found["processes"] if one["state"] != "running"]
        try:
            told = client.Admin(place).get("/gureum/v1/status")
            found |= {"agents": told["agents"], "operations": told["operations"]}
            problems += [f"agent {agent['name']} is down" for agent in told["agents"] if not agent["up"]]
        except click.ClickException as error:
            problems.append(error.message)
    return found | {"problems": problems, "healthy": not problems}


def _process(name: str, pid: int | None, restarts: int) -> dict[str, Any]:
    alive = pid is not None and start_time(pid) is not None
    state = "running" if alive else "not running"
    return {"name": name, "pid": pid, "restarts": restarts, "memory": _memory(pid) if alive else "-", "state": state}


def _memory(pid: int | None) -> str:
    """Resident memory of a process."""
    with contextlib.suppress(OSError, StopIteration):
        with open(f"/proc/{pid}/status") as file:
            line = next(line for line in file if line.startswith("VmRSS"))
        return f"{int(line.split()[1]) / 1024:.0f} MB"
    return "-"
