"""Ports of networks, and their membership in security groups."""

import ipaddress
import re

from gureum.agent.drivers.switch import groups, leases, networks
from gureum.agent.drivers.switch.draft import Draft, Row, change, hardware_address, join, leg_name, part, read
from gureum.contracts.switch import EnsurePort, RemovePort

TYPES = {"guest": "", "router": "router", "gateway": "router", "metadata": "localport"}


def ensure(draft: Draft, generation: int, asked: EnsurePort) -> None:
    """Make the port, with its addresses, filters and DHCP options."""
    port = draft.find("Logical_Switch_Port", asked.port_id)
    if draft.outdated(port, generation):
        return
    if port is None:
        port = draft.make("Logical_Switch_Port", name=asked.port_id)
        join(networks.bare(draft, asked.network_id), "ports", port)
    change(port, "type", TYPES[asked.kind])
    change(port, "enabled", [asked.enabled])
    change(port, "options", _options(asked))
    place = " ".join(
        [hardware_address(asked.mac), *(str(ipaddress.ip_address(address)) for address in asked.addresses)]
    )
    if asked.kind in ("router", "gateway"):
        change(port, "addresses", ["router"])
    else:
        secure = asked.port_security or asked.kind == "metadata"
        change(port, "addresses", [place] if secure else sorted([place, "unknown"]))
    guarded = asked.kind == "guest" and asked.port_security
    change(port, "port_security", sorted({place, *_pairs(asked)}) if guarded else [])
    _join(draft, port, asked.security_groups if guarded else (), guarded)
    draft.stamp(
        port,
        generation,
        kind=asked.kind,
        network=asked.network_id,
        subnets=" ".join(asked.subnet_ids),
        groups=" ".join(asked.security_groups if guarded else ()),
        dhcp=leases.kept(asked.dhcp_options),
    )
    if asked.kind == "guest":
        leases.link(draft, port, networks.options_by_subnet(draft, asked.network_id))


def remove(draft: Draft, generation: int, asked: RemovePort) -> None:
    """Take the port away."""
    port = draft.find("Logical_Switch_Port", asked.port_id)
    if port is None or draft.outdated(port, generation):
        return
    network_id = read(port, "external_ids", {}).get("gureum:network", asked.network_id)
    _join(draft, port, (), False)
    leases.forget(port)
    part(networks.bare(draft, network_id), "ports", port)


def _options(asked: EnsurePort) -> dict[str, str]:
    if asked.kind == "guest":
        # OVN writes the name into its flows as it stands, so it brings its own quotes and nothing that needs escaping.
        plain = re.fullmatch(r"[0-9A-Za-z.-]{1,253}", asked.hostname)
        return {"hostname": f'"{asked.hostname}"'} if plain else {}
    if asked.kind == "metadata":
        return {}
    said = {"router-port": leg_name(asked.port_id)}
    if asked.kind == "gateway":
        said["nat-addresses"] = "router"  # the gateway announces its floating IPs
    return said


def _pairs(asked: EnsurePort) -> list[str]:
    return [f"{hardware_address(mac)} {ipaddress.ip_interface(address)}" for mac, address in asked.allowed_pairs]


def _join(draft: Draft, port: Row, group_ids: tuple[str, ...], guarded: bool) -> None:
    """Be in these groups (and the one that drops the rest), and in no other one that we put the port into."""
    wanted = {groups.bare(draft, group_id).name: groups.bare(draft, group_id) for group_id in group_ids}
    if guarded:
        drop = groups.drop_group(draft)
        wanted[drop.name] = drop
    known = read(port, "external_ids", {})
    before = {groups.group_name(group_id) for group_id in known.get("gureum:groups", "").split()}
    if known and not guarded:
        before.add(groups.DROP_GROUP)
    for name in before - wanted.keys():
        group = draft.find("Port_Group", name)
        if group is not None and port in read(group, "ports", []):
            part(group, "ports", port)
    for group in wanted.values():
        if port not in read(group, "ports", []):
            join(group, "ports", port)
