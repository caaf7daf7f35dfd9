"""A host aggregate: hosts with something in common; one with an availability zone is a zone."""

from dataclasses import dataclass, field

from gureum.kernel.clock import Micros

ZONE_KEY = "availability_zone"


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`id` names it. `metadata` is what flavors' extra specs are matched against; the zone is one of its entries."""

    id: int
    uuid: str
    name: str
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    hosts: list[str] = field(default_factory=list[str])
    created_at: Micros = 0
    updated_at: Micros | None = None

    @property
    def zone(self) -> str | None:
        """The availability zone that its hosts are in."""
        return self.metadata.get(ZONE_KEY)
