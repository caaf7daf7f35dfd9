"""A network: a broadcast domain, of the cloud's own or a provider's."""

from dataclasses import dataclass
from typing import Literal

NetworkType = Literal["flat", "vlan", "geneve", "vxlan", "gre", "local"]

TUNNEL_OVERHEAD = 58
"""Bytes that a tunnel between hosts puts around a packet. Whatever type a network has been given, the tunnels are Geneve's."""
ON_THE_WIRE = ("flat", "vlan")
"""Types whose packets are on a provider network as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A network. `segment_key` names its place on the wire; no two networks share one."""

    id: str
    project_id: str
    name: str
    description: str
    admin_state_up: bool
    shared: bool
    external: bool
    is_default: bool
    mtu: int
    port_security_enabled: bool
    network_type: NetworkType
    physical_network: str | None
    segmentation_id: int | None
    segment_key: str | None
    tags: list[str]
    revision_number: int
    created_at: int
    updated_at: int
