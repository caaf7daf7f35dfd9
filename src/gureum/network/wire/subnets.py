"""Subnets on the wire."""

from typing import Any

from gureum.kernel.faults import Invalid
from gureum.network.subnet import Subnet
from gureum.network.wire import values
from gureum.network.wire.body import REQUIRED, STANDARD, Attribute, Body
from gureum.network.wire.standard import shown

_MODES = ("dhcpv6-stateful", "dhcpv6-stateless", "slaac")


def _service_types(_name: str, value: Any) -> list[str]:
    found = values.items(value)
    if found is None:
        raise Invalid("Subnet service types must be a list.", name="HTTPBadRequest")
    for one in found:
        if not isinstance(one, str):
            raise Invalid(f"Subnet service type {one} is not a string.", name="InvalidInputSubnetServiceType")
        if not one.startswith(("network:", "compute:", "baremetal:")):
            raise Invalid(
                f"Subnet service type {one} does not correspond to a valid device owner.",
                name="InvalidSubnetServiceType",
            )
    return found


def _version(name: str, value: Any) -> int:
    return int(values.one_of(4, 6)(name, values.integer(name, value)))


BODY = Body(
    "subnet",
    "subnets",
    [
        *STANDARD,
        Attribute("ip_version", _version, REQUIRED, put=False),
        Attribute("name", values.text(), ""),
        Attribute("network_id", values.uuid, REQUIRED, put=False),
        Attribute("subnetpool_id", values.or_none(values.uuid), None, put=False),
        Attribute("use_default_subnetpool", values.boolean, put=False),
        Attribute("prefixlen", values.not_negative, put=False),
        Attribute("cidr", values.or_none(values.cidr), None, put=False),
        Attribute("gateway_ip", values.or_none(values.address)),
        Attribute("allocation_pools", values.pools),
        Attribute("dns_nameservers", values.nameservers, []),
        Attribute("host_routes", values.routes, []),
        Attribute("enable_dhcp", values.boolean, True),
        Attribute("ipv6_ra_mode", values.or_none(values.one_of(*_MODES)), None, put=False),
        Attribute("ipv6_address_mode", values.or_none(values.one_of(*_MODES)), None, put=False),
        Attribute("service_types", _service_types, []),
    ],
)


def show(subnet: Subnet, external: bool) -> dict[str, Any]:
    """A subnet; `external` is its network's."""
    return {
        "id": subnet.id,
        "name": subnet.name,
        "project_id": subnet.project_id,
        "network_id": subnet.network_id,
        "ip_version": subnet.ip_version,
        "subnetpool_id": None,
        "enable_dhcp": subnet.enable_dhcp,
        "ipv6_ra_mode": subnet.ipv6_ra_mode,
        "ipv6_address_mode": subnet.ipv6_address_mode,
        "gateway_ip": subnet.gateway_ip,
        "cidr": subnet.cidr,
        "allocation_pools": subnet.allocation_pools,
        "host_routes": subnet.host_routes,
        "dns_nameservers": subnet.dns_nameservers,
        "description": subnet.description,
        "router:external": external,
        "service_types": subnet.service_types,
        **shown(subnet),
        "tenant_id": subnet.project_id,
    }
