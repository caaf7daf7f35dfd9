"""What a provider has of one kind of resource."""

from dataclasses import dataclass

VCPU = "VCPU"
MEMORY_MB = "MEMORY_MB"
DISK_GB = "DISK_GB"

MOST = 2**31 - 1
"""The largest figure of an inventory."""
_ENDLESS = 2**62
"""No capacity is more: databases count no further."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """`total` less `reserved`, lent out `allocation_ratio` times; `used` of it is held by consumers.

    One allocation is of `min_unit` to `max_unit`, in steps of `step_size`.
    """

    total: int
    reserved: int = 0
    allocation_ratio: float = 1.0
    used: int = 0
    min_unit: int = 1
    max_unit: int = MOST
    step_size: int = 1

    @property
    def capacity(self) -> int:
        """How much may be held at once."""
        return max(-_ENDLESS, min(int((self.total - self.reserved) * self.allocation_ratio), _ENDLESS))

    @property
    def free(self) -> int:
        """How much more may be held; negative when the provider shrank under its consumers."""
        return self.capacity - self.used

    def takes(self, amount: int) -> bool:
        """Whether one allocation may be of this amount, if there is as much."""
        return self.min_unit <= amount <= self.max_unit and amount % self.step_size == 0
