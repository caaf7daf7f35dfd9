"""The host itself: its daemons up, its bridges made, and kept so."""

import contextlib
import os
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from gureum.agent.host import bridges, libvirt, openvswitch
from gureum.agent.host.process import Daemon, command_line
from gureum.agent.host.settings import HostFault, HostSettings
from gureum.agent.host.sockets import answers

log = structlog.get_logger()

SYSTEM_UNITS = ("openvswitch-switch", "ovn-host", "libvirtd")
CENTRAL_UNIT = "ovn-central"
MOST_LOG_BYTES = 16 * 1024 * 1024
FIRST_DELAY, LONGEST_DELAY, STEADY = 0.5, 30.0, 60.0
"""Seconds: before the second restart of a daemon that falls, the longest wait, and how long it must stand for trust."""


@dataclass
class _Restarts:
    """How a daemon has fared lately."""

    delay: float = FIRST_DELAY
    due: float = 0.0
    since: float = field(default_factory=time.monotonic)


def check_reach(state: Path) -> None:
    """Open the state directory's way for QEMU's user, who opens its files by name. HostFault where that is not ours to do."""
    state.chmod(state.stat().st_mode | 0o011)
    for directory in state.parents:
        if not directory.stat().st_mode & 0o001:
            raise HostFault(
                f"QEMU's user cannot get through {directory}; `chmod o+x {directory}` or another state directory."
            )


class Host:
    """Starts what the host needs and keeps it running. The daemons outlive this object and its process."""

    def __init__(self, settings: HostSettings) -> None:
        self.settings = settings
        self.daemons: list[Daemon] = []
        if settings.own_daemons:
            self.daemons = [*openvswitch.daemons(settings), *libvirt.daemons(settings)]
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None
        self._restarts = {daemon.name: _Restarts() for daemon in self.daemons}

    def ensure(self) -> None:
        """Bring the host up: daemons running and answering, bridges made. Finds what runs already. Raises HostFault."""
        bridges.check_address(self.settings)
        for part, mode in (("", 0o711), ("log", 0o750), ("db", 0o700), ("ovs", 0o700), ("ovn", 0o700)):
            (self.settings.state / part).mkdir(parents=True, exist_ok=True, mode=mode)
        check_reach(self.settings.state)
        with self._lock:
            if not self.settings.own_daemons:
                self._start_system_units()
                bridges.ensure(self.settings)
                return
            for daemon in self.daemons:
                daemon.ensure()
                if daemon.name == "ovs-vswitchd":
                    bridges.ensure(self.settings)

    def _start_system_units(self) -> None:
        units = [*SYSTEM_UNITS, CENTRAL_UNIT] if self.settings.central else [*SYSTEM_UNITS]
        for unit in units:
            done = subprocess.run(("systemctl", "start", unit), check=False, capture_output=True, text=True)
            if done.returncode != 0:
                raise HostFault(f"systemd could not start {unit}: {done.stderr.strip()}")
        if not answers(Path(self.settings.openvswitch_db.removeprefix("unix:"))):
            raise HostFault("Open vSwitch of the system does not answer; see `systemctl status openvswitch-switch`.")

    def running(self) -> dict[str, int | None]:
        """Pid of each of our daemons, None for one that is down."""
        return {daemon.name: daemon.pid() for daemon in self.daemons}

    def watch(self, interval: float = 0.5) -> None:
        """From now on look every `interval` seconds and restart what fell, until `stop` or `close`."""
        if self._watcher is None:
            self._stopping.clear()
            self._watcher = threading.Thread(target=self._watch, args=(interval,), name="host-watch", daemon=True)
            self._watcher.start()

    def _watch(self, interval: float) -> None:
        while not self._stopping.wait(interval):
            with self._lock:
                for daemon in self.daemons:
                    self._look_after(daemon)
                self._bound_logs()
                try:
                    if bridges.ensure_address(self.settings):
                        log.info("external address set again", bridge=self.settings.external_bridge)
                except HostFault as fault:
                    log.warning("external address is missing", fault=str(fault))

    def _bound_logs(self) -> None:
        """Keep one old part of a log that grew too long. All are written by appending, so cutting them off is safe."""
        for log_file in (*self.settings.state.glob("log/*.log"), self.settings.state / "libvirt/log/libvirtd.log"):
            with contextlib.suppress(OSError):
                if log_file.stat().st_size > MOST_LOG_BYTES:
                    shutil.copyfile(log_file, log_file.with_suffix(".old"))
                    os.truncate(log_file, 0)

    def _look_after(self, daemon: Daemon) -> None:
        now, record = time.monotonic(), self._restarts[daemon.name]
        if daemon.pid() is not None:
            if now - record.since > STEADY:
                record.delay = FIRST_DELAY
            return
        if now < record.due:
            return
        record.due, record.delay = now + record.delay, min(record.delay * 2, LONGEST_DELAY)
        log.warning("daemon fell, starting it again", daemon=daemon.name)
        try:
            daemon.ensure()
            record.since = time.monotonic()
        except HostFault as fault:
            log.error("daemon does not start", daemon=daemon.name, fault=str(fault), next_try_s=round(record.delay, 1))

    def close(self) -> None:
        """Stop watching; daemons and guests run on."""
        self._stopping.set()
        if self._watcher is not None:
            self._watcher.join(timeout=30)
            self._watcher = None

    def guests(self) -> list[int]:
        """Pids of the QEMU processes of our guests, by their command lines (also with libvirtd down)."""
        mark = f"{self.settings.state}/instances/"
        pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
        return [pid for pid in pids if (line := command_line(pid)) and "qemu" in line[0] and mark in "".join(line)]

    def stop(self) -> bool:
        """Stop our daemons in order. While a guest runs what carries it stays, and the answer is False.

        Guests are ended before, by `Hypervisor.stop_all`. Raises HostFault for a daemon that does not end.
        """
        self.close()
        with self._lock:
            if self.guests():
                return False
            for daemon in reversed(self.daemons):
                daemon.stop()
        return True
