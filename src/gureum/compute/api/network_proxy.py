"""Networks by way of the compute API: what clients before 2.36 still call. All that it ever knew of them is id and name."""

from typing import Any, NoReturn

from gureum.compute.service import network_proxy
from gureum.kernel.faults import Gone
from gureum.kernel.http import Call, Routes
from gureum.kernel.http.route import AUTHENTICATED
from gureum.network.network import Network

routes = Routes(until=(2, 35), early=True)
_EVERYBODYS = (
    *("cidr", "netmask", "gateway", "broadcast", "dns1", "dns2"),
    *("cidr_v6", "gateway_v6", "netmask_v6"),
)
_ADMINISTRATORS = (
    *("created_at", "updated_at", "deleted_at", "deleted", "injected", "bridge", "vlan", "vpn_public_address"),
    *("vpn_public_port", "vpn_private_address", "dhcp_start", "project_id", "host", "bridge_interface", "multi_host"),
    *("priority", "rxtx_base", "mtu", "dhcp_server", "enable_dhcp", "share_address"),
)
"""What networks of compute's own had, and those of the network service never did."""


def _show(call: Call, network: Network) -> dict[str, Any]:
    lost = (*_EVERYBODYS, *_ADMINISTRATORS) if call.caller.is_admin else _EVERYBODYS
    return {"id": network.id, "label": network.name} | dict.fromkeys(lost)


def _brief(network: Network) -> dict[str, Any]:
    return {"id": network.id, "cidr": "None", "label": network.name}


@routes.get("/v2.1/os-networks", "os_compute_api:os-networks:list")
def index(call: Call) -> dict[str, Any]:
    """The networks that the caller sees."""
    return {"networks": [_show(call, one) for one in network_proxy.networks(call.tx, call.caller)]}


@routes.get("/v2.1/os-networks/{id}", "os_compute_api:os-networks:show")
def show(call: Call, id: str) -> dict[str, Any]:
    """A network."""
    return {"network": _show(call, network_proxy.network(call.tx, call.caller, id))}


@routes.get("/v2.1/os-tenant-networks", "os_compute_api:os-tenant-networks:list")
def project_index(call: Call) -> dict[str, Any]:
    """The same, in short."""
    return {"networks": [_brief(one) for one in network_proxy.networks(call.tx, call.caller)]}


@routes.get("/v2.1/os-tenant-networks/{id}", "os_compute_api:os-tenant-networks:show")
def project_show(call: Call, id: str) -> dict[str, Any]:
    """One of them."""
    return {"network": _brief(network_proxy.network(call.tx, call.caller, id))}


def _gone(call: Call, id: str) -> NoReturn:
    raise Gone("This resource is no longer available. No forwarding address is given.")


for _path in ("/v2.1/os-networks/{id}", "/v2.1/os-tenant-networks/{id}"):
    routes.delete(_path, AUTHENTICATED, early=False, until=None)(_gone)
