"""Networks: a logical switch each, its way to the provider network, and what DHCP says on it."""

import ipaddress
import json

from gureum.agent.drivers.switch import leases
from gureum.agent.drivers.switch.draft import Draft, Row, change, join, leg_name, part, read, switch_name
from gureum.contracts.switch import Dhcp, EnsureSwitch, RemoveSwitch, SubnetSpec


def ensure(draft: Draft, generation: int, asked: EnsureSwitch) -> None:
    """Make the switch, its provider port and DHCP options; ports that came earlier get theirs."""
    switch = bare(draft, asked.network_id)
    if draft.outdated(switch, generation):
        return
    _provider_port(draft, switch, asked)
    _leases(draft, switch, asked)
    draft.stamp(switch, generation, name=asked.name, network=asked.network_id)


def remove(draft: Draft, generation: int, asked: RemoveSwitch) -> None:
    """Take the switch away with its ports and DHCP options."""
    switch = draft.find("Logical_Switch", switch_name(asked.network_id))
    if switch is not None and draft.outdated(switch, generation):
        return
    for row in draft.rows("DHCP_Options", network=asked.network_id):
        row.delete()
    if switch is not None:
        for port in read(switch, "ports", []):
            leases.forget(port)
        switch.delete()


def bare(draft: Draft, network_id: str) -> Row:
    """The switch, without anything when it is not there yet."""
    return draft.find_or_make("Logical_Switch", switch_name(network_id), external_ids={"gureum:network": network_id})


def physical_network(draft: Draft, network_id: str) -> str:
    """The provider network it is joined to, empty for none."""
    port = draft.find("Logical_Switch_Port", f"provider-{network_id}")
    return "" if port is None else read(port, "options", {}).get("network_name", "")


def _provider_port(draft: Draft, switch: Row, asked: EnsureSwitch) -> None:
    name = f"provider-{asked.network_id}"
    port = draft.find("Logical_Switch_Port", name)
    if asked.physical_network is None:
        if port is not None:
            part(switch, "ports", port)
        return
    if port is None:
        port = draft.make("Logical_Switch_Port", name=name, type="localnet", addresses=["unknown"])
        join(switch, "ports", port)
    change(port, "options", {"network_name": asked.physical_network})
    change(port, "tag", [] if asked.vlan is None else [asked.vlan])


def _leases(draft: Draft, switch: Row, asked: EnsureSwitch) -> None:
    present = {row.external_ids["gureum:subnet"]: row for row in draft.rows("DHCP_Options", network=asked.network_id)}
    wanted = {subnet.subnet_id: subnet for subnet in asked.subnets if subnet.dhcp is not None}
    for subnet_id in present.keys() - wanted.keys():
        present.pop(subnet_id).delete()
    for subnet_id, subnet in wanted.items():
        ids = {"gureum:subnet": subnet_id, "gureum:network": asked.network_id}
        row = present.get(subnet_id) or draft.make("DHCP_Options", external_ids=ids)
        present[subnet_id] = row
        change(row, "cidr", str(ipaddress.ip_network(subnet.cidr)))
        change(row, "options", options(subnet))
    for port in read(switch, "ports", []):
        kind = read(port, "external_ids", {}).get("gureum:kind", "")
        if kind == "guest":
            leases.link(draft, port, present)
        elif kind in ("router", "gateway"):
            leg = draft.find("Logical_Router_Port", leg_name(port.name))
            if leg is not None:
                announce(leg, present)


def options_by_subnet(draft: Draft, network_id: str) -> dict[str, Row]:
    """The DHCP options of a network's subnets."""
    return {row.external_ids["gureum:subnet"]: row for row in draft.rows("DHCP_Options", network=network_id)}


def announce(leg: Row, present: dict[str, Row]) -> None:
    """Router advertisements on a leg with IPv6: addresses by DHCPv6 where the subnet has it, else by the guests themselves."""
    six = [
        network for word in read(leg, "networks", []) if (network := ipaddress.ip_interface(word).network).version == 6
    ]
    if not six:
        change(leg, "ipv6_ra_configs", {})
        return
    stateful = any(ipaddress.ip_network(row.cidr) in six for row in present.values())
    mode = "dhcpv6_stateful" if stateful else "slaac"
    change(leg, "ipv6_ra_configs", {"address_mode": mode, "send_periodic": "true"})


def options(subnet: SubnetSpec) -> dict[str, str]:
    """A subnet's DHCP options in OVN's words."""
    dhcp = subnet.dhcp
    assert dhcp is not None
    if ipaddress.ip_network(subnet.cidr).version == 6:
        return _options6(dhcp)
    said = {
        "server_id": str(ipaddress.ip_address(dhcp.server_ip)),
        "server_mac": dhcp.server_mac,
        "lease_time": str(dhcp.lease_seconds),
        "mtu": str(dhcp.mtu),
    }
    # A client that gets classless routes ignores the router option (RFC 3442), so they carry the default route too.
    routes = [(str(ipaddress.ip_network(to)), str(ipaddress.ip_address(hop))) for to, hop in dhcp.routes]
    if dhcp.gateway_ip is not None:
        said["router"] = str(ipaddress.ip_address(dhcp.gateway_ip))
        if routes and all(to != "0.0.0.0/0" for to, _ in routes):
            routes.append(("0.0.0.0/0", said["router"]))
    if routes:
        said["classless_static_route"] = "{" + ", ".join(f"{to},{hop}" for to, hop in routes) + "}"
    if servers := [str(ipaddress.ip_address(server)) for server in dhcp.dns]:
        said["dns_server"] = "{" + ", ".join(servers) + "}"
    if dhcp.domain:
        said["domain_name"] = json.dumps(dhcp.domain)
    return said


def _options6(dhcp: Dhcp) -> dict[str, str]:
    said = {"server_id": dhcp.server_mac}
    if servers := [str(ipaddress.ip_address(server)) for server in dhcp.dns]:
        said["dns_server"] = "{" + ", ".join(servers) + "}"
    if dhcp.domain:
        said["domain_search"] = json.dumps(dhcp.domain)
    return said
