"""Floating IPs on the wire."""

from typing import Any

from gureum.network.floating_ip import FloatingIp
from gureum.network.service.lists import PortDetails
from gureum.network.wire import values
from gureum.network.wire.body import REQUIRED, STANDARD, Attribute, Body, read_only
from gureum.network.wire.standard import shown

BODY = Body(
    "floatingip",
    "floatingips",
    [
        *STANDARD,
        *read_only("status", "router_id", "port_details"),
        Attribute("floating_network_id", values.uuid, REQUIRED, put=False),
        Attribute("floating_ip_address", values.or_none(values.address), None, put=False),
        Attribute("subnet_id", values.or_none(values.uuid), None, put=False),
        Attribute("port_id", values.or_none(values.uuid), None),
        Attribute("fixed_ip_address", values.or_none(values.address), None),
    ],
    older=True,
)


def show(floating: FloatingIp, details: PortDetails | None) -> dict[str, Any]:
    """A floating IP with what there is to tell of its port."""
    return {
        "id": floating.id,
        "tenant_id": floating.project_id,
        "project_id": floating.project_id,
        "floating_ip_address": floating.floating_ip_address,
        "floating_network_id": floating.floating_network_id,
        "router_id": floating.router_id,
        "port_id": floating.port_id,
        "fixed_ip_address": floating.fixed_ip_address,
        "status": floating.status,
        "description": floating.description,
        "port_details": details,
        **shown(floating),
    }
