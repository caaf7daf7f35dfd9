"""A hypervisor: a host with what runs on it."""

from dataclasses import dataclass, field

from gureum.compute.host import Host
from gureum.placement.inventory import DISK_GB, MEMORY_MB, VCPU, Inventory


@dataclass(frozen=True, slots=True)
class Hypervisor:
    """`servers` are (id, domain name) of its guests, None where nobody asked. Memory in MiB, disk in GiB."""

    host: Host
    inventories: dict[str, Inventory] = field(default_factory=dict[str, Inventory])
    running: int = 0
    busy: int = 0
    """Servers that something is being done to."""
    servers: list[tuple[str, str]] | None = None

    @property
    def vcpus_used(self) -> int:
        """Cores that servers hold."""
        return self._used(VCPU)

    @property
    def memory_used(self) -> int:
        """What servers hold, and what the host keeps for itself."""
        found = self.inventories.get(MEMORY_MB)
        return 0 if found is None else found.used + found.reserved

    @property
    def disk_used(self) -> int:
        """What servers hold."""
        return self._used(DISK_GB)

    def _used(self, resource_class: str) -> int:
        found = self.inventories.get(resource_class)
        return 0 if found is None else found.used
