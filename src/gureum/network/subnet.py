"""A subnet: a range of addresses on a network, and what DHCP says there."""

import ipaddress
from dataclasses import dataclass

Range = dict[str, str]
"""{"start", "end"} of an allocation pool."""
Route = dict[str, str]
"""{"destination", "nexthop"}"""

AUTOMATIC = ("slaac", "dhcpv6-stateless")
"""IPv6 modes in which a guest makes its address from its MAC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subnet:
    """A subnet."""

    id: str
    project_id: str
    network_id: str
    name: str
    description: str
    ip_version: int
    cidr: str
    gateway_ip: str | None
    enable_dhcp: bool
    ipv6_ra_mode: str | None
    ipv6_address_mode: str | None
    allocation_pools: list[Range]
    host_routes: list[Route]
    dns_nameservers: list[str]
    service_types: list[str]
    tags: list[str]
    revision_number: int
    created_at: int
    updated_at: int

    @property
    def network(self) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
        """The range as `ipaddress` has it."""
        return ipaddress.ip_network(self.cidr)

    @property
    def automatic(self) -> bool:
        """Whether addresses follow from MACs."""
        return self.ipv6_address_mode in AUTOMATIC

    def holds(self, address: str) -> bool:
        """Whether an address is in the range."""
        ip = ipaddress.ip_address(address)
        return ip.version == self.ip_version and ip in self.network
