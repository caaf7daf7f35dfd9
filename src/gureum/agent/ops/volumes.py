"""Volumes of the pool this agent serves."""

from collections.abc import Callable

from gureum.agent.drivers.registry import Drivers
from gureum.agent.ops.roles import need
from gureum.contracts import volumes as vol
from gureum.contracts.message import Done, Gone


def ensure(drivers: Drivers, spec: vol.EnsureVolume, progress: Callable[[int, str], None]) -> Done:
    need(drivers.volumes, "storage").ensure(spec, lambda percent: progress(percent, "volume"))
    return Done()


def remove(drivers: Drivers, spec: vol.RemoveVolume) -> Gone:
    need(drivers.volumes, "storage").remove(spec.volume_id)
    return Gone()


def export(drivers: Drivers, spec: vol.EnsureExport) -> vol.ExportReport:
    return vol.ExportReport(source=need(drivers.volumes, "storage").export(spec.volume_id, spec.host))


def unexport(drivers: Drivers, spec: vol.RemoveExport) -> Gone:
    need(drivers.volumes, "storage").unexport(spec.volume_id, spec.host)
    return Gone()
