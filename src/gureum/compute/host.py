"""A host: where servers run."""

from dataclasses import dataclass, field

from gureum.kernel.clock import Micros

DEFAULT_ZONE = "nova"


@dataclass(frozen=True, slots=True)
class Host:
    """A machine with an agent. Totals in cores, MiB and GiB.

    `id` numbers it for old clients; `uuid` names it as a hypervisor (and as placement's provider), `service_uuid` its
    nova-compute service. `up` follows the agent's link; `enabled` and `forced_down` are an operator's. `zone` is the
    availability zone that its aggregates give it.
    """

    id: int
    uuid: str
    service_uuid: str
    name: str
    vcpus: int
    memory_mib: int
    disk_gib: int
    hypervisor: str
    hypervisor_version: int
    cpu_arch: str
    cpu_model: str
    features: list[str] = field(default_factory=list[str])
    address: str = "127.0.0.1"
    zone: str = DEFAULT_ZONE
    up: bool = True
    enabled: bool = True
    disabled_reason: str | None = None
    forced_down: bool = False
    changed_at: Micros = 0
    """When `up` last changed."""
    created_at: Micros = 0
    updated_at: Micros | None = None

    @property
    def alive(self) -> bool:
        """Whether it may be asked to do something."""
        return self.up and not self.forced_down
