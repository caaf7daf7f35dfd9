"""Making, moving and removing ports on behalf of whatever owns them; asks no policy and no quota."""

from collections.abc import Sequence
from typing import Any

from gureum.kernel.ids import new_uuid
from gureum.kernel.store.tx import Tx
from gureum.network import addressing
from gureum.network.flows import realise
from gureum.network.network import Network
from gureum.network.port import FLOATING, FixedIp, Port
from gureum.network.service import ipam
from gureum.network.store import floating_ips, ports


def make(
    tx: Tx,
    network: Network,
    wishes: Sequence[ipam.Wanted] | None = None,
    *,
    mac_address: str | None = None,
    **values: Any,
) -> Port:
    """A new port of a network with its addresses, told to the switch. Raises what `ipam.choose` raises."""
    tx.lock("network", network.id)
    mac = mac_address or _free_mac(tx, network.id)
    id = values.pop("id", None) or new_uuid()
    owner = values.get("device_owner", "")
    fixed_ips = ipam.choose(tx, network.id, mac, wishes, owner)
    plain: dict[str, Any] = {
        "project_id": network.project_id,
        "name": "",
        "description": "",
        "admin_state_up": True,
        "status": "DOWN",
        "device_id": "",
        "device_owner": "",
        "host_id": "",
        "vnic_type": "normal",
        "profile": {},
        "port_security_enabled": False,
        "security_groups": [],
        "allowed_address_pairs": [],
        "extra_dhcp_opts": [],
        "hostname": "",
        "device_place": 0,
        "device_tag": None,
        "made_for_device": False,
    }
    ports.add(tx, **(plain | values | {"id": id, "network_id": network.id, "mac_address": mac}))
    ports.hold(tx, id, fixed_ips, ipam.by_id(tx, fixed_ips))
    if owner != FLOATING:
        realise.port(tx, id, network.id)
    return ports.get(tx, id)


def _free_mac(tx: Tx, network_id: str) -> str:
    mac = addressing.new_mac()
    while ports.mac_taken(tx, network_id, mac):
        mac = addressing.new_mac()
    return mac


def move(tx: Tx, port: Port, fixed_ips: Sequence[FixedIp]) -> None:
    """Give a port other addresses; floating IPs of those it loses are taken from it."""
    ports.hold(tx, port.id, fixed_ips, ipam.by_id(tx, fixed_ips))
    kept = {one.ip_address for one in fixed_ips}
    disassociate(tx, port.id, [one.ip_address for one in port.fixed_ips if one.ip_address not in kept])


def disassociate(tx: Tx, port_id: str, addresses: Sequence[str] | None = None) -> None:
    """Take the floating IPs of a port's addresses (all of them for None) from it."""
    table = floating_ips.floating_ips
    for floating in floating_ips.select(tx, table.c.port_id == port_id):
        if addresses is None or floating.fixed_ip_address in addresses:
            floating_ips.change(tx, floating.id, port_id=None, fixed_ip_address=None, router_id=None, status="DOWN")
            if floating.router_id is not None:
                realise.router(tx, floating.router_id)


def drop(tx: Tx, port: Port) -> None:
    """Remove a port; the switch is told."""
    disassociate(tx, port.id)
    ports.remove(tx, port.id)
    if port.device_owner != FLOATING:
        realise.port(tx, port.id, port.network_id)
