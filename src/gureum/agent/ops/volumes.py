"""Volumes and snapshots of the pool this agent serves. While one is copied no guest opens it, and the other way round."""

from collections.abc import Callable
from pathlib import Path

from gureum.agent.drivers.protocols import Disks
from gureum.agent.drivers.registry import Drivers
from gureum.agent.ops.roles import need
from gureum.contracts import volumes as vol
from gureum.contracts.message import Done, Gone

Progress = Callable[[int, str], None]


class NoGuests:
    """The disks of a host that has none."""

    def copy_disk(self, disk: Path, target: Path, progress: Callable[[int], None]) -> bool:
        """No guest runs with it."""
        return False

    def grow_disk(self, disk: Path, size: int) -> bool:
        """No guest runs with it."""
        return False


def ensure(drivers: Drivers, spec: vol.EnsureVolume, progress: Progress) -> Done:
    used = [id for id in (spec.volume_id, spec.snapshot_id, spec.source_id) if id]
    with drivers.turns.of(used, lambda: progress(0, "waiting")):
        pool = need(drivers.volumes, "storage")
        pool.ensure(spec, _disks(drivers), lambda percent: progress(percent, "volume"))
    return Done()


def remove(drivers: Drivers, spec: vol.RemoveVolume) -> Gone:
    with drivers.turns.of([spec.volume_id]):
        need(drivers.volumes, "storage").remove(spec.volume_id)
    return Gone()


def snapshot(drivers: Drivers, spec: vol.EnsureSnapshot, progress: Progress) -> Done:
    with drivers.turns.of([spec.volume_id, spec.snapshot_id], lambda: progress(0, "waiting")):
        pool = need(drivers.volumes, "storage")
        pool.snapshot(spec, _disks(drivers), lambda percent: progress(percent, "snapshot"))
    return Done()


def remove_snapshot(drivers: Drivers, spec: vol.RemoveSnapshot) -> Gone:
    with drivers.turns.of([spec.snapshot_id]):
        need(drivers.volumes, "storage").remove_snapshot(spec.snapshot_id)
    return Gone()


def export(drivers: Drivers, spec: vol.EnsureExport) -> vol.ExportReport:
    return vol.ExportReport(source=need(drivers.volumes, "storage").export(spec.volume_id, spec.host))


def unexport(drivers: Drivers, spec: vol.RemoveExport) -> Gone:
    need(drivers.volumes, "storage").unexport(spec.volume_id, spec.host)
    return Gone()


def _disks(drivers: Drivers) -> Disks:
    return drivers.hypervisor or NoGuests()
