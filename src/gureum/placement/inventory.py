"""What a provider has of one kind of resource."""

from dataclasses import dataclass

VCPU = "VCPU"
MEMORY_MB = "MEMORY_MB"
DISK_GB = "DISK_GB"


@dataclass(frozen=True, slots=True)
class Inventory:
    """`total` less `reserved`, lent out `allocation_ratio` times; `used` of it is held by consumers."""

    total: int
    reserved: int = 0
    allocation_ratio: float = 1.0
    used: int = 0

    @property
    def capacity(self) -> int:
        """How much may be held at once."""
        return int((self.total - self.reserved) * self.allocation_ratio)

    @property
    def free(self) -> int:
        """How much more may be held; negative when the provider shrank under its consumers."""
        return self.capacity - self.used
