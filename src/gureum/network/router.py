"""A router between networks."""

from dataclasses import dataclass, field

from gureum.network.port import FixedIp
from gureum.network.subnet import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """A router. The gateway is a port on an external network; `enable_snat` hides the inner networks behind its address."""

    id: str
    project_id: str
    name: str
    description: str
    admin_state_up: bool
    status: str
    gateway_port_id: str | None
    gateway_network_id: str | None
    enable_snat: bool
    routes: list[Route]
    tags: list[str]
    revision_number: int
    created_at: int
    updated_at: int
    gateway_ips: tuple[FixedIp, ...] = field(default=())
