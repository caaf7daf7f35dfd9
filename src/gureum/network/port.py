"""A port: a place on a network, with a MAC, addresses and filters."""

from dataclasses import dataclass, field
from typing import Any

INTERFACE = "network:router_interface"
GATEWAY = "network:router_gateway"
FLOATING = "network:floatingip"
METADATA = "network:distributed"
DHCP = "network:dhcp"

AUTO_DELETED = (METADATA, DHCP)
"""Owners whose ports go with their network or subnet by themselves."""
ROUTER_OWNERS = (INTERFACE, GATEWAY)


@dataclass(frozen=True, slots=True)
class FixedIp:
    """An address of a port."""

    subnet_id: str
    ip_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A port. `host_id` is the host that its guest runs on, empty while it is not bound."""

    id: str
    project_id: str
    network_id: str
    name: str
    description: str
    mac_address: str
    admin_state_up: bool
    status: str
    device_id: str
    device_owner: str
    host_id: str
    vnic_type: str
    profile: dict[str, Any]
    port_security_enabled: bool
    security_groups: list[str]
    allowed_address_pairs: list[dict[str, str]]
    extra_dhcp_opts: list[dict[str, Any]]
    hostname: str
    device_place: int
    device_tag: str | None
    made_for_device: bool
    tags: list[str]
    revision_number: int
    created_at: int
    updated_at: int
    fixed_ips: tuple[FixedIp, ...] = field(default=())

    @property
    def vif_type(self) -> str:
        """How the guest is plugged: `ovs` once a host is known."""
        return "ovs" if self.host_id else "unbound"
