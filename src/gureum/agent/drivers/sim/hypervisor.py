"""Simulated guests."""

import struct
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from gureum.agent.drivers.protocols import DriverFault, Things
from gureum.agent.drivers.sim.console import boot_log
from gureum.agent.drivers.sim.world import ALIVE, Guest, World, key
from gureum.contracts import hypervisor as hv

SHUTDOWN_LINE = "[  OK  ] Reached target Power-Off.\n[   61.204511] reboot: Power down\n"


def qcow2(content: bytes) -> bytes:
    """A qcow2 image of 1 MiB by its header, with some content."""
    return struct.pack(">4sIQIIQI", b"QFI\xfb", 3, 0, 0, 16, 1 << 20, 0).ljust(512, b"\0") + content


class SimHypervisor:
    """The guests of one simulated host."""

    def __init__(self, world: World, host: str, inventory: hv.Inventory) -> None:
        self._world = world
        self._host = host
        self._inventory = inventory

    def inventory(self) -> hv.Inventory:
        return self._inventory

    def ensure(self, spec: hv.EnsureDomain, base: Path | None) -> hv.DomainReport:
        """Make the guest so. DriverFault: no image for its root disk, or a volume this host may not open."""
        with self._world.lock:
            guest = self._world.guests.get(key(self._host, spec.server_id)) or self._new(spec, base)
            if spec.power in ALIVE:
                self._check_volumes(spec)
            self._check_incarnation(guest, spec, base)
            old, guest.spec = guest.spec, spec
            if spec.power == "stopped":
                self._stop(guest, old)
            elif spec.power == "suspended":
                self._save(guest)
            else:
                self._run(guest)
            self._world.keep_guest(guest)
            return hv.DomainReport(server_id=spec.server_id, power=guest.power, boots=guest.boots)

    def remove(self, spec: hv.RemoveDomain) -> None:
        self._world.drop_guest(self._host, spec.server_id)

    def domains(self) -> list[hv.DomainSeen]:
        with self._world.lock:
            return [guest.seen() for guest in self._world.guests_on(self._host)]

    def things(self) -> Things:
        return {"server": [seen.server_id for seen in self.domains()], "tap": self._world.taps_on(self._host)}

    def ground(self) -> hv.Ground:
        return hv.Ground(now=int((self._world.now() + self._world.clock_ahead) * 1_000_000), mtu=self._world.mtu)

    def unplug(self, port_id: str) -> None:
        if not self._world.drop_tap(self._host, port_id):
            raise DriverFault("The port is plugged into a guest that runs.", port_id)

    def copy_root(self, spec: hv.EnsureCopy, progress: Callable[[int], None]) -> None:
        """Keep a word for what the disk holds: its base."""
        with self._world.lock:
            guest = self._world.guests.get(key(self._host, spec.server_id))
            if guest is None:
                raise DriverFault("The server's disk is not there.", spec.server_id)
            if self._copy_name(spec) not in self._world.copies:
                self._world.copies.put(self._copy_name(spec), f"{spec.copy_id} of {guest.base}")

    def open_copy(self, spec: hv.SendCopy) -> BinaryIO:
        """A small qcow2 image."""
        with self._world.lock:
            content = self._world.copies.get(self._copy_name(spec))
        if content is None:
            raise DriverFault("The copy is not there.", spec.copy_id)
        file = tempfile.TemporaryFile()  # noqa: SIM115 (whoever reads it closes it)
        file.write(qcow2(content.encode()))
        file.seek(0)
        return file

    def remove_copy(self, spec: hv.RemoveCopy) -> None:
        with self._world.lock:
            self._world.copies.drop(self._copy_name(spec))

    def _copy_name(self, spec: hv.EnsureCopy | hv.SendCopy | hv.RemoveCopy) -> str:
        return f"{key(self._host, spec.server_id)}/{spec.copy_id}"

    def copy_disk(self, disk: Path, target: Path, progress: Callable[[int], None]) -> bool:
        """The simulated pool looks into the world itself."""
        return False

    def grow_disk(self, disk: Path, size: int) -> bool:
        """The simulated pool looks into the world itself."""
        return False

    def watch(self, changed: Callable[[hv.DomainSeen], None]) -> None:
        self._world.watch_domains(self._host, changed)

    def close(self) -> None:
        self._world.watch_domains(self._host, None)

    def _new(self, spec: hv.EnsureDomain, base: Path | None) -> Guest:
        taken = {guest.spec.name for guest in self._world.guests_on(self._host)}
        if spec.name in taken:
            raise DriverFault("The host has a guest of this name already.", spec.name)
        return Guest(host=self._host, spec=spec, base=self._base(spec, base))

    def _base(self, spec: hv.EnsureDomain, base: Path | None) -> str:
        if isinstance(spec.root, hv.RootDisk) and base is None:
            raise DriverFault("The server's image is not on its host.", "no base for the root disk")
        return "" if base is None else str(base)

    def _check_incarnation(self, guest: Guest, spec: hv.EnsureDomain, base: Path | None) -> None:
        """A newer incarnation of the root disk: the old one is thrown away, and the guest with it."""
        new, old = spec.root, guest.spec.root
        if isinstance(new, hv.RootDisk) and isinstance(old, hv.RootDisk) and new.incarnation > old.incarnation:
            guest.base = self._base(spec, base)
            guest.boots = min(guest.boots, spec.boots - 1)
            guest.console = ""
            guest.saved = False
            self._world.set_power(guest, "stopped")

    def _check_volumes(self, spec: hv.EnsureDomain) -> None:
        """A guest opens only what the pool exports to its host."""
        roots = [spec.root] if isinstance(spec.root, hv.VolumeDisk) else []
        for disk in [*roots, *spec.volumes]:
            volume = self._world.volumes.get(disk.volume_id)
            if volume is None or self._host not in volume.hosts:
                raise DriverFault(
                    f"Volume {disk.volume_id} cannot be opened on the server's host.",
                    "no such volume" if volume is None else f"not exported to {self._host}",
                )

    def _run(self, guest: Guest) -> None:
        """Running or paused, in the start that is asked for."""
        behind = guest.boots < guest.spec.boots
        if behind or (guest.power not in ALIVE and not guest.saved):
            self._start(guest)
        guest.saved = False
        self._world.set_power(guest, "paused" if guest.spec.power == "paused" else "running")

    def _save(self, guest: Guest) -> None:
        """Its memory goes to disk, where it runs."""
        guest.saved = guest.saved or guest.power in ALIVE
        self._world.set_power(guest, "stopped")

    def _start(self, guest: Guest) -> None:
        guest.boots = max(guest.boots, guest.spec.boots)
        answering = self._world.answering.get(key(self._host, guest.spec.server_id))
        guest.console += boot_log(guest.spec, answering, self._world.now())
        self._world.set_power(guest, "running")

    def _stop(self, guest: Guest, old: hv.EnsureDomain) -> None:
        if guest.power in ALIVE and guest.spec.manner == "soft":
            guest.console += SHUTDOWN_LINE
        guest.saved = False
        self._world.set_power(guest, "stopped")
