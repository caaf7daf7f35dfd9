"""Guests: image first, then what answers 169.254.169.254, then the guest."""

from collections.abc import Callable

from gureum.agent.drivers.registry import Drivers
from gureum.agent.ops.roles import need
from gureum.agent.timing import part
from gureum.contracts.hypervisor import DomainReport, EnsureDomain, RemoveDomain, RootDisk, VolumeDisk
from gureum.contracts.message import Gone


def ensure(drivers: Drivers, spec: EnsureDomain, progress: Callable[[int, str], None]) -> DomainReport:
    """Make the guest as `spec` says. Metadata answers before the guest starts, so before it asks."""
    hypervisor = need(drivers.hypervisor, "host")
    base = None
    if isinstance(spec.root, RootDisk):
        images = need(drivers.images, "host")
        with part("image"):
            base = images.ensure(spec.root.image, lambda percent: progress(percent, "image"))
    if spec.metadata is not None:
        with part("metadata"):
            need(drivers.metadata, "host").ensure(spec.metadata_ports, spec.server_id, spec.metadata)
    with drivers.turns.of(_disks(spec), lambda: progress(99, "waiting")), part("guest"):
        return hypervisor.ensure(spec, base)


def _disks(spec: EnsureDomain) -> list[str]:
    """Whose disks may not be copied at rest while the guest starts: the server's own, and its volumes."""
    roots = [spec.root] if isinstance(spec.root, VolumeDisk) else []
    return [spec.server_id, *(disk.volume_id for disk in (*roots, *spec.volumes))]


def remove(drivers: Drivers, spec: RemoveDomain) -> Gone:
    """The guest goes first: as long as it runs it may ask for its metadata."""
    need(drivers.hypervisor, "host").remove(spec)
    need(drivers.metadata, "host").remove(spec.server_id)
    return Gone()
