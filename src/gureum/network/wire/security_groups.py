"""Security groups and rules on the wire."""

import ipaddress
from typing import Any

from gureum.kernel.faults import Invalid
from gureum.kernel.numbers import whole
from gureum.network.protocols import NUMBERS
from gureum.network.security_group import SecurityGroup, SecurityRule
from gureum.network.wire import values
from gureum.network.wire.body import REQUIRED, STANDARD, Attribute, Body, read_only
from gureum.network.wire.standard import shown

_PROTOCOLS = ", ".join(["None", "'any'", *(repr(name) for name in NUMBERS)])
_ETHERTYPES = {"ipv4": "IPv4", "ipv6": "IPv6"}


def _protocol(_name: str, value: Any) -> str | None:
    if value is None:
        return None
    word = str(value).lower()
    if word in NUMBERS or (word.isdecimal() and whole(word) <= 255):
        return str(whole(word)) if word.isdecimal() else word
    if word == "any":
        return None
    raise Invalid(
        f"Security group rule protocol {value} not supported. Only protocol values ({_PROTOCOLS}) and integer "
        "representations [0 to 255] are supported.",
        name="SecurityGroupRuleInvalidProtocol",
    )


def _ethertype(_name: str, value: Any) -> str:
    found = _ETHERTYPES.get(str(value).lower())
    if found is None:
        raise Invalid(
            f"Security group rule for ethertype '{value}' not supported. Allowed values are ['IPv4', 'IPv6'].",
            name="SecurityGroupRuleInvalidEtherType",
        )
    return found


def _port(_name: str, value: Any) -> int | None:
    if value is None:
        return None
    try:
        number = int(value)
    except (ValueError, TypeError):
        number = -1
    if not 0 <= number <= 65535:
        raise Invalid(f"Invalid value for port {value}", name="SecurityGroupInvalidPortValue")
    return number


def _prefix(_name: str, value: Any) -> str | None:
    if value is None:
        return None
    try:
        if isinstance(value, str):
            return str(ipaddress.ip_interface(value))
    except ValueError:
        pass
    raise Invalid(f"Invalid CIDR {value} given as IP prefix.", name="InvalidCIDR")


GROUP = Body(
    "security_group",
    "security_groups",
    [
        *STANDARD,
        *read_only("security_group_rules", "shared"),
        Attribute("name", values.text(), ""),
    ],
    older=True,
)

RULE = Body(
    "security_group_rule",
    "security_group_rules",
    [
        *STANDARD[:-1],
        *read_only("normalized_cidr", "belongs_to_default_sg"),
        Attribute("security_group_id", values.text(), REQUIRED, put=False),
        Attribute("remote_group_id", values.or_none(values.text()), None, put=False),
        Attribute("direction", values.one_of("ingress", "egress"), REQUIRED, put=False),
        Attribute("protocol", _protocol, None, put=False),
        Attribute("port_range_min", _port, None, put=False),
        Attribute("port_range_max", _port, None, put=False),
        Attribute("ethertype", _ethertype, "IPv4", put=False),
        Attribute("remote_ip_prefix", _prefix, None, put=False),
        Attribute("description", values.text(), ""),
    ],
    older=True,
)


def show_rule(rule: SecurityRule, of_default: bool | None) -> dict[str, Any]:
    """A rule; `of_default` says whether its group is a project's default one."""
    prefix = rule.remote_ip_prefix
    body = {
        "id": rule.id,
        "project_id": rule.project_id,
        "security_group_id": rule.security_group_id,
        "ethertype": rule.ethertype,
        "direction": rule.direction,
        "protocol": rule.protocol,
        "port_range_min": rule.port_range_min,
        "port_range_max": rule.port_range_max,
        "remote_ip_prefix": prefix,
        "normalized_cidr": None if prefix is None else str(ipaddress.ip_network(prefix, strict=False)),
        "remote_group_id": rule.remote_group_id,
        "belongs_to_default_sg": of_default,
        "description": rule.description,
        **shown(rule),
        "tenant_id": rule.project_id,
    }
    del body["tags"]
    return body


def show_group(group: SecurityGroup) -> dict[str, Any]:
    """A group with its rules."""
    return {
        "id": group.id,
        "name": group.name,
        "tenant_id": group.project_id,
        "project_id": group.project_id,
        "description": group.description,
        "shared": False,
        "security_group_rules": [show_rule(rule, group.is_default) | {"tags": []} for rule in group.rules],
        **shown(group),
    }
