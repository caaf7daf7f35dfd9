"""What the switch shall make of the rows, as they are now; None where a row is gone."""

from gureum.contracts import switch
from gureum.contracts.message import Message
from gureum.kernel.store.tx import Tx
from gureum.network import dhcp_options
from gureum.network.addressing import mac_of
from gureum.network.network import Network
from gureum.network.port import FLOATING, GATEWAY, INTERFACE, METADATA, Port
from gureum.network.settings import settings
from gureum.network.store import floating_ips, networks, ports, routers, security_groups, subnets
from gureum.network.subnet import Subnet

METADATA_ADDRESS = "169.254.169.254/32"
_KINDS: dict[str, switch.PortKind] = {INTERFACE: "router", GATEWAY: "gateway", METADATA: "metadata"}


def of_network(tx: Tx, id: str) -> Message:
    """A network with its subnets."""
    network = networks.find(tx, id)
    if network is None:
        return switch.RemoveSwitch(network_id=id)
    metadata = next(
        iter(ports.select(tx, ports.ports.c.network_id == id, ports.ports.c.device_owner == METADATA)), None
    )
    return switch.EnsureSwitch(
        network_id=id,
        name=network.name,
        mtu=network.mtu,
        physical_network=network.physical_network,
        vlan=network.segmentation_id if network.network_type == "vlan" else None,
        subnets=tuple(
            switch.SubnetSpec(subnet_id=subnet.id, cidr=subnet.cidr, dhcp=_dhcp(network, subnet, metadata))
            for subnet in subnets.of_network(tx, id)
        ),
    )


def _dhcp(network: Network, subnet: Subnet, metadata: Port | None) -> switch.Dhcp | None:
    """What DHCP says on a subnet; nothing where it is off, or where IPv6 guests get their addresses without it."""
    if not subnet.enable_dhcp or (subnet.ip_version == 6 and subnet.ipv6_address_mode != "dhcpv6-stateful"):
        return None
    held = (one.ip_address for one in metadata.fixed_ips if one.subnet_id == subnet.id) if metadata else ()
    metadata_ip = next(iter(held), None)
    server = subnet.gateway_ip or metadata_ip
    if server is None and subnet.ip_version == 4:
        return None
    routes = [(route["destination"], route["nexthop"]) for route in subnet.host_routes]
    if metadata_ip is not None and subnet.ip_version == 4:
        routes.append((METADATA_ADDRESS, metadata_ip))
    return switch.Dhcp(
        server_ip=server or "",
        server_mac=mac_of(subnet.id),
        gateway_ip=subnet.gateway_ip,
        dns=tuple(subnet.dns_nameservers) or settings.dns_servers,
        routes=tuple(routes),
        mtu=network.mtu,
        lease_seconds=settings.lease_seconds,
        domain=settings.dns_domain,
    )


def of_port(tx: Tx, id: str, network_id: str) -> Message:
    """A port with its addresses and filters."""
    port = ports.find(tx, id)
    if port is None or port.device_owner == FLOATING:
        return switch.RemovePort(port_id=id, network_id=network_id)
    return switch.EnsurePort(
        port_id=id,
        network_id=port.network_id,
        kind=_KINDS.get(port.device_owner, "guest"),
        mac=port.mac_address,
        addresses=tuple(one.ip_address for one in port.fixed_ips),
        subnet_ids=tuple(dict.fromkeys(one.subnet_id for one in port.fixed_ips)),
        enabled=port.admin_state_up,
        port_security=port.port_security_enabled,
        security_groups=tuple(port.security_groups),
        allowed_pairs=tuple((pair["mac_address"], pair["ip_address"]) for pair in port.allowed_address_pairs),
        hostname=port.hostname,
        dhcp_options=_options(port),
    )


def _options(port: Port) -> tuple[switch.DhcpOption, ...]:
    """What DHCP tells this port's guest alone."""
    present = dhcp_options.versions(port)
    fit = (one for one in port.extra_dhcp_opts if one["ip_version"] in present and dhcp_options.fits(one))
    return tuple(
        switch.DhcpOption(ip_version=one["ip_version"], name=one["opt_name"], value=one["opt_value"]) for one in fit
    )


def of_router(tx: Tx, id: str) -> Message:
    """A router, whole."""
    router = routers.find(tx, id)
    if router is None:
        return switch.RemoveRouter(router_id=id)
    inside = ports.of_device(tx, id, INTERFACE)
    gateway = ports.find(tx, router.gateway_port_id) if router.gateway_port_id else None
    legs = [*inside, *([gateway] if gateway else [])]
    ranges = subnets.by_id(tx, (one.subnet_id for port in legs for one in port.fixed_ips))
    outside = [ranges[one.subnet_id] for one in gateway.fixed_ips] if gateway else []
    four = [one for one in gateway.fixed_ips if ranges[one.subnet_id].ip_version == 4] if gateway else []
    return switch.EnsureRouter(
        router_id=id,
        name=router.name,
        enabled=router.admin_state_up,
        interfaces=tuple(_leg(port, ranges) for port in inside),
        gateway=_leg(gateway, ranges) if gateway else None,
        gateway_next_hop=next((subnet.gateway_ip for subnet in outside if subnet.gateway_ip), None),
        snat_ip=four[0].ip_address if four and router.enable_snat else None,
        snat_cidrs=tuple(
            ranges[one.subnet_id].cidr
            for port in inside
            for one in port.fixed_ips
            if router.enable_snat and four and ranges[one.subnet_id].ip_version == 4
        ),
        routes=tuple((route["destination"], route["nexthop"]) for route in router.routes),
        nat=tuple(_nat(tx, id)),
    )


def _leg(port: Port, ranges: dict[str, Subnet]) -> switch.RouterPort:
    return switch.RouterPort(
        port_id=port.id,
        mac=port.mac_address,
        networks=tuple(f"{one.ip_address}/{ranges[one.subnet_id].network.prefixlen}" for one in port.fixed_ips),
        network_id=port.network_id,
    )


def _nat(tx: Tx, router_id: str) -> list[switch.NatRule]:
    table = floating_ips.floating_ips
    return [
        switch.NatRule(
            floating_ip_id=one.id,
            external_ip=one.floating_ip_address,
            internal_ip=one.fixed_ip_address or "",
            port_id=one.port_id or "",
        )
        for one in floating_ips.select(tx, table.c.router_id == router_id, table.c.port_id.is_not(None))
    ]


def of_group(tx: Tx, id: str) -> Message:
    """A security group with its rules."""
    group = security_groups.find(tx, id)
    if group is None:
        return switch.RemoveSecurityGroup(group_id=id)
    return switch.EnsureSecurityGroup(
        group_id=id,
        rules=tuple(
            switch.SecurityRule(
                rule_id=rule.id,
                direction="ingress" if rule.direction == "ingress" else "egress",
                ethertype="IPv4" if rule.ethertype == "IPv4" else "IPv6",
                protocol=rule.protocol,
                port_min=rule.port_range_min,
                port_max=rule.port_range_max,
                remote_cidr=rule.remote_ip_prefix,
                remote_group_id=rule.remote_group_id,
            )
            for rule in group.rules
        ),
    )
