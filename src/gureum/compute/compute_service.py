"""A compute service: a process of the control plane, or a host's agent, as operators see them."""

from dataclasses import dataclass

from gureum.compute.host import Host
from gureum.kernel.clock import Micros, now

CONDUCTOR = "nova-conductor"
SCHEDULER = "nova-scheduler"
COMPUTE = "nova-compute"
INTERNAL_ZONE = "internal"


@dataclass(frozen=True, slots=True)
class ComputeService:
    """`id` is for old clients; `seen_at` is when it was last known to live, which is now for one that does."""

    id: int
    uuid: str
    binary: str
    host: str
    zone: str
    up: bool
    seen_at: Micros
    enabled: bool = True
    disabled_reason: str | None = None
    forced_down: bool = False


def of_host(host: Host) -> ComputeService:
    """The service that a host's agent is. Hosts have the even numbers, processes of the control plane the odd ones."""
    return ComputeService(
        id=host.id * 2,
        uuid=host.service_uuid,
        binary=COMPUTE,
        host=host.name,
        zone=host.zone,
        up=host.alive,
        seen_at=now() if host.up else host.changed_at,
        enabled=host.enabled,
        disabled_reason=host.disabled_reason,
        forced_down=host.forced_down,
    )
