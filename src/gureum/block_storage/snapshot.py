"""A snapshot of a volume: what the volume held at one instant, kept beside it."""

from dataclasses import dataclass, field
from typing import Any

from gureum.kernel.clock import Micros

DELETABLE = ("available", "error")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy of a volume of `size` GiB. `agent` says in whose pool its bytes are; `bootable` and `image_metadata` are what the
    volume had, for the volumes that will be made of it."""

    id: str
    volume_id: str
    project_id: str
    user_id: str
    size: int
    status: str
    type_id: str
    created_at: Micros
    agent: str | None = None
    name: str | None = None
    description: str | None = None
    updated_at: Micros | None = None
    bootable: bool = False
    fault: str | None = None
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    image_metadata: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def progress(self) -> str:
        """How much of it is there, as clients read it."""
        return "100%" if self.status == "available" else "0%"

    @property
    def target(self) -> dict[str, Any]:
        """What policy rules look at."""
        return {"project_id": self.project_id, "user_id": self.user_id, "tenant_id": self.project_id}
