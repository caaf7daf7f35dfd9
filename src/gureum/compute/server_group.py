"""A server group: servers that shall be together, or apart."""

from dataclasses import dataclass, field
from typing import Any

from gureum.kernel.clock import Micros


@dataclass(frozen=True, slots=True)
class ServerGroup:
    """`policy` is affinity or anti-affinity, or soft- before either; `rules` may say how many servers a host may have at most.

    `members` are the ids of its servers.
    """

    id: str
    project_id: str
    user_id: str
    name: str
    policy: str
    rules: dict[str, Any] = field(default_factory=dict[str, Any])
    created_at: Micros = 0
    members: list[str] = field(default_factory=list[str])

    @property
    def target(self) -> dict[str, str]:
        """What policy rules look at."""
        return {"project_id": self.project_id, "user_id": self.user_id, "tenant_id": self.project_id}

    @property
    def most_per_host(self) -> int:
        """How many of its servers a host may have, where they shall be apart."""
        return self.rules.get("max_server_per_host", 1)
