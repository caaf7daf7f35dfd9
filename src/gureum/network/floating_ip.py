"""A floating IP: an address outside that stands for one inside."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FloatingIp:
    """A floating IP. `floating_port_id` is the port that holds its address on the external network."""

    id: str
    project_id: str
    description: str
    floating_ip_address: str
    floating_network_id: str
    floating_port_id: str
    port_id: str | None
    fixed_ip_address: str | None
    router_id: str | None
    status: str
    tags: list[str]
    revision_number: int
    created_at: int
    updated_at: int
