"""Gateways of routers: their port on an external network."""

from collections.abc import Mapping
from typing import Any

from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, NotFound
from gureum.kernel.store.tx import Tx
from gureum.network import faults
from gureum.network.flows import realise
from gureum.network.network import Network
from gureum.network.port import GATEWAY, INTERFACE
from gureum.network.router import Router
from gureum.network.service import holding, ipam, networks, router_ranges
from gureum.network.store import floating_ips, ports, routers, subnets

Info = Mapping[str, Any]
"""{"network_id", "enable_snat"?, "external_fixed_ips"?}"""


def attach(tx: Tx, caller: Caller, router: Router, info: Info) -> None:
    """Give a router a gateway on an external network, or change the one it has there.

    Raises NotFound for the network, Invalid for one that is not external or whose range the router has inside already,
    Conflict when floating IPs need the present one.
    """
    network = networks.get(tx, caller, info["network_id"])
    if not network.external:
        raise faults.bad_request("router", f"Network {network.id} is not an external network")
    if not subnets.of_network(tx, network.id):
        raise faults.bad_request("router", f"No IPs available for external network {network.id}")
    wishes = info.get("external_fixed_ips") or None
    if router.gateway_network_id == network.id:
        _move(tx, router, wishes)
    else:
        detach(tx, router)
        _open(tx, router, network, wishes)
    if "enable_snat" in info:
        routers.change(tx, router.id, enable_snat=info["enable_snat"])


def _open(tx: Tx, router: Router, network: Network, wishes: list[ipam.Wanted] | None) -> None:
    port = holding.make(tx, network, wishes, project_id="", device_id=router.id, device_owner=GATEWAY)
    held = subnets.by_id(tx, (one.subnet_id for one in port.fixed_ips))
    router_ranges.check_no_overlap(tx, router.id, list(held.values()), leave_out=port.id)
    routers.change(tx, router.id, gateway_port_id=port.id, gateway_network_id=network.id, enable_snat=True)


def _move(tx: Tx, router: Router, wishes: list[ipam.Wanted] | None) -> None:
    port = ports.get(tx, router.gateway_port_id or "")
    if wishes is not None:
        fixed = ipam.choose(tx, port.network_id, port.mac_address, wishes, GATEWAY, port.id)
        holding.move(tx, port, fixed)
        realise.port(tx, port.id, port.network_id)


def detach(tx: Tx, router: Router) -> None:
    """Take a router's gateway away, if it has one. Raises Conflict when floating IPs need it."""
    if router.gateway_port_id is None:
        return
    table = floating_ips.floating_ips
    if floating_ips.select(tx, table.c.router_id == router.id):
        raise Conflict(
            f"Gateway cannot be updated for router {router.id}, since a gateway to external network "
            f"{router.gateway_network_id} is required by one or more floating IPs.",
            name="RouterExternalGatewayInUseByFloatingIp",
        )
    port = ports.find(tx, router.gateway_port_id)
    routers.change(tx, router.id, gateway_port_id=None, gateway_network_id=None, enable_snat=True)
    if port is not None:
        holding.drop(tx, port)


def router_between(tx: Tx, subnet_id: str, external_network_id: str, port_id: str) -> str:
    """The router that joins a subnet with an external network, for a floating IP of `port_id`. Raises NotFound."""
    legs = [port for port in ports.with_address_in(tx, subnet_id) if port.device_owner == INTERFACE]
    subnet = subnets.get(tx, subnet_id)
    legs.sort(key=lambda port: not any(one.ip_address == subnet.gateway_ip for one in port.fixed_ips))
    for leg in legs:
        router = routers.find(tx, leg.device_id)
        if router is not None and router.gateway_network_id == external_network_id:
            return router.id
    raise NotFound(
        f"External network {external_network_id} is not reachable from subnet {subnet_id}.  Therefore, cannot "
        f"associate Port {port_id} with a Floating IP.",
        name="ExternalGatewayForFloatingIPNotFound",
    )
