"""Routers and their interfaces on the wire."""

from typing import Any

from gureum.network.router import Router
from gureum.network.service.interfaces import Interface
from gureum.network.wire import values
from gureum.network.wire.body import STANDARD, Attribute, Body, read_only
from gureum.network.wire.ports import show_fixed
from gureum.network.wire.standard import shown

_GATEWAY_KEYS = ("network_id", "enable_snat", "external_fixed_ips")


def _gateway(name: str, value: Any) -> dict[str, Any]:
    info = values.dictionary(name, value)
    if not info:
        return {}
    unexpected = [key for key in info if key not in _GATEWAY_KEYS]
    if unexpected:
        raise values.refuse(name, f"Unexpected keys supplied: {', '.join(unexpected)}")
    if "network_id" not in info:
        provided = "{" + ", ".join(repr(key) for key in info) + "}"
        raise values.refuse(
            name,
            f"Validation of dictionary's keys failed. Expected keys: {{'network_id'}} Provided keys: {provided}",
        )
    checked: dict[str, Any] = {"network_id": values.uuid(name, info["network_id"])}
    if "enable_snat" in info:
        checked["enable_snat"] = values.boolean(name, info["enable_snat"])
    if "external_fixed_ips" in info:
        checked["external_fixed_ips"] = values.fixed_ips(name, info["external_fixed_ips"])
    return checked


BODY = Body(
    "router",
    "routers",
    [
        *STANDARD,
        *read_only("status"),
        Attribute("name", values.text(), ""),
        Attribute("admin_state_up", values.boolean, True),
        Attribute("external_gateway_info", _gateway),
        Attribute("routes", values.routes, post=False),
    ],
    older=True,
)


def show(router: Router) -> dict[str, Any]:
    """A router."""
    gateway = None
    if router.gateway_network_id is not None:
        gateway = {
            "network_id": router.gateway_network_id,
            "external_fixed_ips": show_fixed(router.gateway_ips),
            "enable_snat": router.enable_snat,
        }
    return {
        "id": router.id,
        "name": router.name,
        "project_id": router.project_id,
        "admin_state_up": router.admin_state_up,
        "status": router.status,
        "external_gateway_info": gateway,
        "description": router.description,
        "routes": router.routes,
        **shown(router),
        "tenant_id": router.project_id,
    }


def show_interface(interface: Interface) -> dict[str, Any]:
    """What adding or removing an interface answers."""
    return {
        "id": interface.router.id,
        "project_id": interface.router.project_id,
        "port_id": interface.port_id,
        "network_id": interface.network_id,
        "subnet_id": interface.subnet_ids[0],
        "subnet_ids": interface.subnet_ids,
    }
