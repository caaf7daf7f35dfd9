"""Ports and security groups of servers on the wire."""

from collections.abc import Mapping
from typing import Any

from gureum.kernel.http import Change, History
from gureum.network.port import Port
from gureum.network.security_group import SecurityGroup, SecurityRule
from gureum.network.service.for_compute import NetworkRequest

INTERFACE = History(
    "interfaceAttachment", "interfaceAttachments", [Change((2, 70), "tags of ports", shows=frozenset({"tag"}))]
)


def show_port(port: Port) -> dict[str, Any]:
    """A port as a server's interface."""
    return {
        "net_id": port.network_id,
        "port_id": port.id,
        "mac_addr": port.mac_address,
        "port_state": port.status,
        "fixed_ips": [{"subnet_id": one.subnet_id, "ip_address": one.ip_address} for one in port.fixed_ips],
        "tag": port.device_tag,
    }


def asked(body: dict[str, Any]) -> NetworkRequest:
    """The NIC that a body asks for."""
    said = body.get("interfaceAttachment", {})
    addresses = said.get("fixed_ips", [])
    return NetworkRequest(
        network_id=said.get("net_id"),
        port_id=said.get("port_id"),
        fixed_ip=addresses[0]["ip_address"] if addresses else None,
        tag=said.get("tag"),
    )


def show_group(group: SecurityGroup, names: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """A security group as compute shows it: only what comes in."""
    return {
        "id": group.id,
        "description": group.description,
        "name": group.name,
        "tenant_id": group.project_id,
        "rules": [show_rule(rule, names) for rule in group.rules if rule.direction == "ingress"],
    }


def show_rule(rule: SecurityRule, names: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """A rule as compute shows it."""
    shown: dict[str, Any] = {
        "id": rule.id,
        "parent_group_id": rule.security_group_id,
        "ip_protocol": rule.protocol.upper() if rule.protocol else rule.protocol,
        "from_port": rule.port_range_min,
        "to_port": rule.port_range_max,
        "group": {},
        "ip_range": {},
    }
    if rule.remote_group_id is not None:
        if rule.remote_group_id in names:
            name, project = names[rule.remote_group_id]
            shown["group"] = {"name": name, "tenant_id": project}
        return shown
    everything = "0.0.0.0/0" if rule.ethertype == "IPv4" else "::/0"
    if rule.protocol is not None and rule.port_range_min is None:
        shown |= _whole_range(rule.protocol)
    return shown | {"ip_range": {"cidr": rule.remote_ip_prefix or everything}}


def _whole_range(protocol: str) -> dict[str, Any]:
    if protocol.lower() in ("icmp", "icmpv6", "ipv6-icmp"):
        return {"from_port": -1, "to_port": -1}
    return {"from_port": 1, "to_port": 65535}
