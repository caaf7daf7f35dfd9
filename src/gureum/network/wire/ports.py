"""Ports on the wire."""

import ipaddress
from typing import Any

from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid
from gureum.network.faults import invalid_input
from gureum.network.port import FixedIp, Port
from gureum.network.service import access
from gureum.network.wire import values
from gureum.network.wire.body import REQUIRED, STANDARD, Attribute, Body, read_only
from gureum.network.wire.standard import shown

_MOST_PAIRS = 10
_MOST_OPTIONS = 50
_VNIC_TYPES = ("normal",)


def _plain(sentence: str, name: str = "HTTPBadRequest") -> Invalid:
    return Invalid(sentence, name=name)


def _pairs(name: str, value: Any) -> list[dict[str, Any]]:
    """Addresses besides its own that a port may use."""
    if value is None:
        return []
    found = values.items(value)
    if found is None:
        raise _plain("Allowed address pairs must be a list.")
    if len(found) > _MOST_PAIRS:
        raise _plain(
            f"The number of allowed address pair exceeds the maximum {_MOST_PAIRS}.", "AllowedAddressPairExhausted"
        )
    checked: list[dict[str, Any]] = []
    for one in found:
        pair = _pair(name, one)
        if pair in checked:
            raise _plain(
                f"Request contains duplicate address pair: mac_address {pair.get('mac_address')} ip_address "
                f"{pair['ip_address']}.",
                "DuplicateAddressPairInRequest",
            )
        checked.append(pair)
    return checked


def _pair(name: str, value: Any) -> dict[str, Any]:
    pair = values.dictionary(name, value)
    if "ip_address" not in pair:
        raise _plain("AllowedAddressPair must contain ip_address", "AllowedAddressPairsMissingIP")
    unknown = sorted(set(pair) - {"mac_address", "ip_address"})
    if unknown:
        raise _plain(f"Unrecognized attribute(s) '{', '.join(unknown)}'")
    address = pair["ip_address"]
    try:
        network = ipaddress.ip_network(str(address), strict=False)
    except ValueError:
        raise _plain(f"'{address}' is not a valid IP address") from None
    lone = network.prefixlen == network.max_prefixlen and "/" not in str(address)
    checked = {"ip_address": str(network.network_address if lone else address)}
    if pair.get("mac_address") is not None:
        try:
            checked["mac_address"] = values.mac(name, pair["mac_address"])
        except Invalid:
            raise _plain(f"'{pair['mac_address']}' is not a valid MAC address") from None
    return checked


def _dhcp_options(name: str, value: Any) -> list[dict[str, Any]]:
    """DHCP options of the port's own; without a value one goes."""
    if value is None:
        return []
    found = values.items(value)
    if found is None:
        raise invalid_input(f"'{value}' is not a list")
    if len(found) > _MOST_OPTIONS:
        raise invalid_input(f"{name}: more than {_MOST_OPTIONS} options")
    return [_dhcp_option(name, one) for one in found]


def _dhcp_option(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not {"opt_name", "opt_value"} <= value.keys():
        raise invalid_input(f"No valid key specs matched for: {value}")
    option = values.dictionary(name, value)
    version = values.integer(name, option.get("ip_version", 4))
    if version not in (4, 6):
        raise values.refuse(name, f"{version} is not in valid_values")
    said = option["opt_value"]
    checked = {"opt_name": values.text()(name, option["opt_name"]), "ip_version": version}
    if not checked["opt_name"] or said == "":
        raise values.refuse(name, f"'{value}' has an empty name or value")
    return checked | {"opt_value": None if said is None else values.text()(name, said)}


BODY = Body(
    "port",
    "ports",
    [
        *STANDARD,
        *read_only("status", "binding:vif_type", "binding:vif_details"),
        Attribute("name", values.text(), ""),
        Attribute("network_id", values.uuid, REQUIRED, put=False),
        Attribute("admin_state_up", values.boolean, True),
        Attribute("mac_address", values.mac),
        Attribute("fixed_ips", values.fixed_ips),
        Attribute("device_id", values.text(), ""),
        Attribute("device_owner", values.text(), ""),
        Attribute("security_groups", values.uuids),
        Attribute("binding:vnic_type", values.one_of(*_VNIC_TYPES), "normal"),
        Attribute("binding:host_id", values.or_none(values.text())),
        Attribute("binding:profile", values.dictionary),
        Attribute("allowed_address_pairs", _pairs),
        Attribute("port_security_enabled", values.boolean),
        Attribute("extra_dhcp_opts", _dhcp_options),
    ],
)


def show_fixed(fixed_ips: tuple[FixedIp, ...]) -> list[dict[str, str]]:
    """Addresses with their subnets."""
    return [{"subnet_id": one.subnet_id, "ip_address": one.ip_address} for one in fixed_ips]


_BINDING = ("binding:profile", "binding:host_id", "binding:vif_type", "binding:vif_details")


def hidden_from(caller: Caller) -> frozenset[str]:
    """The attributes that the caller may not see on any port."""
    return frozenset(name for name in _BINDING if not access.allows(caller, f"get_port:{name}", {}))


def show(port: Port, hidden: frozenset[str]) -> dict[str, Any]:
    """A port without what is hidden."""
    body: dict[str, Any] = {
        "id": port.id,
        "name": port.name,
        "network_id": port.network_id,
        "project_id": port.project_id,
        "mac_address": port.mac_address,
        "admin_state_up": port.admin_state_up,
        "status": port.status,
        "device_id": port.device_id,
        "device_owner": port.device_owner,
        "fixed_ips": show_fixed(port.fixed_ips),
        "allowed_address_pairs": port.allowed_address_pairs,
        "extra_dhcp_opts": port.extra_dhcp_opts,
        "security_groups": port.security_groups,
        "description": port.description,
        "binding:vnic_type": port.vnic_type,
        "port_security_enabled": port.port_security_enabled,
    }
    bound: dict[str, Any] = {
        "binding:profile": port.profile,
        "binding:host_id": port.host_id,
        "binding:vif_type": port.vif_type,
        "binding:vif_details": {"port_filter": True} if port.host_id else {},
    }
    body |= {name: value for name, value in bound.items() if name not in hidden}
    return body | shown(port) | {"tenant_id": port.project_id}
