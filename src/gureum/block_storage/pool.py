"""A pool: where an agent keeps volumes."""

from dataclasses import dataclass

from gureum.kernel.clock import Micros


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool as its agent last told. `disabled` pools keep their volumes and get no new ones."""

    agent: str
    name: str
    backend: str
    total_gib: float
    free_gib: float
    up: bool
    changed_at: Micros
    created_at: Micros
    disabled: bool = False
    disabled_reason: str | None = None

    @property
    def host(self) -> str:
        """The name of the service that upstream would run for it."""
        return f"{self.agent}@{self.backend}"
