"""A flavor: how large a server is."""

from dataclasses import dataclass, field
from typing import Any

from gureum.kernel.clock import Micros


@dataclass(frozen=True, slots=True)
class Flavor:
    """`id` is what clients name it by. `ram` and `swap` in MiB, `disk` (root) and `ephemeral` in GiB."""

    id: str
    name: str
    vcpus: int
    ram: int
    disk: int
    ephemeral: int = 0
    swap: int = 0
    rxtx_factor: float = 1.0
    is_public: bool = True
    disabled: bool = False
    description: str | None = None
    extra_specs: dict[str, str] = field(default_factory=dict[str, str])
    created_at: Micros = 0
    updated_at: Micros | None = None

    def snapshot(self) -> dict[str, Any]:
        """The flavor as a server remembers it, whatever becomes of the flavor."""
        return {
            "id": self.id,
            "original_name": self.name,
            "vcpus": self.vcpus,
            "ram": self.ram,
            "disk": self.disk,
            "ephemeral": self.ephemeral,
            "swap": self.swap,
            "extra_specs": dict(self.extra_specs),
        }
