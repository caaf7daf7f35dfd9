"""Virtual networks: what the network role makes of the network service's resources.

The role gets these in batches and writes a batch in one transaction. Order inside a batch and between batches is not to
be relied upon: an `EnsurePort` may come before its `EnsureSwitch`, which the driver must bear (make the missing thing bare).
Ids are the network service's. All addresses are text.
"""

from typing import Literal

from gureum.contracts.message import Message


class Dhcp(Message, frozen=True, kw_only=True):
    """What DHCP tells the guests of a subnet."""

    server_ip: str
    server_mac: str
    gateway_ip: str | None
    dns: tuple[str, ...]
    routes: tuple[tuple[str, str], ...]
    """(destination cidr, next hop), the route to 169.254.169.254 included."""
    mtu: int
    lease_seconds: int
    domain: str = ""


DhcpKind = Literal["address", "addresses", "number", "switch", "text", "host"]
DHCP_OPTIONS: dict[int, dict[str, DhcpKind]] = {
    4: {
        "router": "address",
        "dns-server": "addresses",
        "log-server": "addresses",
        "lpr-server": "addresses",
        "swap-server": "address",
        "router-solicitation": "address",
        "nis-server": "addresses",
        "ntp-server": "addresses",
        "netbios-name-server": "addresses",
        "server-ip-address": "address",
        "tftp-server-address": "addresses",
        "tftp-server": "host",
        "ip-forward-enable": "switch",
        "router-discovery": "switch",
        "ethernet-encap": "switch",
        "default-ttl": "number",
        "tcp-ttl": "number",
        "mtu": "number",
        "bootfile-name": "text",
        "path-prefix": "text",
        "wpad": "text",
        "domain-name": "text",
    },
    6: {"dns-server": "addresses", "domain-search": "text"},
}
"""By IP version: the options that DHCP tells a single guest besides what its subnet says, and what their values are."""


class DhcpOption(Message, frozen=True, kw_only=True):
    """One of them; several addresses are apart by commas, a switch is 0 or 1."""

    ip_version: int
    name: str
    value: str


class SubnetSpec(Message, frozen=True, kw_only=True):
    """A subnet; `dhcp` is None where it gives no leases."""

    subnet_id: str
    cidr: str
    dhcp: Dhcp | None


class EnsureSwitch(Message, frozen=True, kw_only=True):
    """A network with its subnets. `physical_network` (and `vlan`) join it to a provider network through localnet."""

    network_id: str
    name: str
    mtu: int
    physical_network: str | None = None
    vlan: int | None = None
    subnets: tuple[SubnetSpec, ...] = ()


class RemoveSwitch(Message, frozen=True, kw_only=True):
    """The network and whatever is still on it shall be gone."""

    network_id: str


PortKind = Literal["guest", "router", "gateway", "metadata"]


class EnsurePort(Message, frozen=True, kw_only=True):
    """A port on a network. Router and gateway ports are the switch's side of `RouterPort`s.

    `port_security` False: no anti-spoofing, no security groups. `dhcp` maps subnet ids the port has addresses of.
    """

    port_id: str
    network_id: str
    kind: PortKind
    mac: str
    addresses: tuple[str, ...]
    """Without prefix length."""
    subnet_ids: tuple[str, ...]
    enabled: bool = True
    port_security: bool = True
    security_groups: tuple[str, ...] = ()
    allowed_pairs: tuple[tuple[str, str], ...] = ()
    """(mac, address or cidr)"""
    hostname: str = ""
    dhcp_options: tuple[DhcpOption, ...] = ()


class RemovePort(Message, frozen=True, kw_only=True):
    port_id: str
    network_id: str


class RouterPort(Message, frozen=True, kw_only=True):
    """One leg of a router; `networks` are addresses with prefix length."""

    port_id: str
    mac: str
    networks: tuple[str, ...]
    network_id: str


class NatRule(Message, frozen=True, kw_only=True):
    """A floating IP: one address outside, one inside, both ways."""

    floating_ip_id: str
    external_ip: str
    internal_ip: str
    port_id: str


class EnsureRouter(Message, frozen=True, kw_only=True):
    """A router, whole: its legs, gateway, routes, source NAT for `snat_cidrs`, floating IPs."""

    router_id: str
    name: str
    enabled: bool = True
    interfaces: tuple[RouterPort, ...] = ()
    gateway: RouterPort | None = None
    gateway_next_hop: str | None = None
    snat_ip: str | None = None
    snat_cidrs: tuple[str, ...] = ()
    routes: tuple[tuple[str, str], ...] = ()
    nat: tuple[NatRule, ...] = ()


class RemoveRouter(Message, frozen=True, kw_only=True):
    router_id: str


class SecurityRule(Message, frozen=True, kw_only=True):
    """One allowance. `protocol` is a name or number as text, None for any; ports are None for any (ICMP: type and code)."""

    rule_id: str
    direction: Literal["ingress", "egress"]
    ethertype: Literal["IPv4", "IPv6"]
    protocol: str | None = None
    port_min: int | None = None
    port_max: int | None = None
    remote_cidr: str | None = None
    remote_group_id: str | None = None


class EnsureSecurityGroup(Message, frozen=True, kw_only=True):
    """A security group with all its rules. What no rule allows is dropped for the group's ports."""

    group_id: str
    rules: tuple[SecurityRule, ...]


class RemoveSecurityGroup(Message, frozen=True, kw_only=True):
    group_id: str


class PortUp(Message, frozen=True, kw_only=True):
    """Event: a guest's port came up (its host plugged it and the switch programmed it) or went down."""

    port_id: str
    up: bool


class SwitchState(Message, frozen=True, kw_only=True):
    """Told at every connect: the guest ports that are up."""

    ports_up: tuple[str, ...] = ()


SwitchAsk = (
    EnsureSwitch
    | RemoveSwitch
    | EnsurePort
    | RemovePort
    | EnsureRouter
    | RemoveRouter
    | EnsureSecurityGroup
    | RemoveSecurityGroup
)
