"""Networks on the wire."""

from typing import Any

from gureum.kernel.caller import Caller
from gureum.network.network import Network
from gureum.network.service import access
from gureum.network.wire import values
from gureum.network.wire.body import STANDARD, Attribute, Body, read_only
from gureum.network.wire.standard import shown

BODY = Body(
    "network",
    "networks",
    [
        *STANDARD,
        *read_only("status", "subnets"),
        Attribute("name", values.text(), ""),
        Attribute("admin_state_up", values.boolean, True),
        Attribute("shared", values.boolean, False),
        Attribute("router:external", values.boolean, False),
        Attribute("is_default", values.boolean, False),
        Attribute("provider:network_type", values.or_none(values.text()), None),
        Attribute("provider:physical_network", values.or_none(values.text()), None),
        Attribute("provider:segmentation_id", values.or_none(values.integer), None),
        Attribute("mtu", values.not_negative, 0),
        Attribute("port_security_enabled", values.boolean, True),
    ],
)


_PROVIDER = ("network_type", "physical_network", "segmentation_id")


def hidden_from(caller: Caller) -> frozenset[str]:
    """The attributes that the caller may not see on any network."""
    names = [f"provider:{name}" for name in _PROVIDER]
    return frozenset(name for name in names if not access.allows(caller, f"get_network:{name}", {}))


def show(network: Network, subnet_ids: list[str], hidden: frozenset[str]) -> dict[str, Any]:
    """A network without what is hidden."""
    body: dict[str, Any] = {
        "id": network.id,
        "name": network.name,
        "tenant_id": network.project_id,
        "project_id": network.project_id,
        "admin_state_up": network.admin_state_up,
        "mtu": network.mtu,
        "status": "ACTIVE",
        "subnets": subnet_ids,
        "shared": network.shared,
        "router:external": network.external,
        "description": network.description,
        "port_security_enabled": network.port_security_enabled,
    }
    if network.external:
        body["is_default"] = network.is_default
    body |= shown(network)
    provider = {f"provider:{name}": getattr(network, name) for name in _PROVIDER}
    return body | {name: value for name, value in provider.items() if name not in hidden}
