"""Rules of security groups."""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid
from gureum.kernel.ids import new_uuid
from gureum.kernel.store.tx import Tx
from gureum.network import faults
from gureum.network.flows import realise
from gureum.network.protocols import ICMP, ONLY_IPV6, PORTED, number
from gureum.network.security_group import SecurityRule
from gureum.network.service import access, quotas
from gureum.network.store import security_groups as store

Values = Mapping[str, Any]
_SAME = ("direction", "ethertype", "port_range_min", "port_range_max", "remote_ip_prefix", "remote_group_id")


def _target(project_id: str) -> dict[str, Any]:
    return {"project_id": project_id, "tenant_id": project_id, "security_group:project_id": project_id}


def reach(caller: Caller) -> sa.ColumnElement[bool]:
    """The rules that the caller may see: those of groups that are its own."""
    mine = access.owned(caller, store.rules.c.project_id, "security_group:project_id")
    return access.reach(caller, "get_security_group_rule", [mine])


def get(tx: Tx, caller: Caller, id: str) -> tuple[SecurityRule, bool]:
    """A rule, and whether its group is a default one. Raises NotFound, also for one that the caller may not see."""
    rule = store.get_rule(tx, id)
    group = store.get(tx, rule.security_group_id)
    if not access.allows(caller, "get_security_group_rule", _target(group.project_id)):
        raise faults.rule_not_found(id)
    return rule, group.is_default


def create(tx: Tx, caller: Caller, all_values: Sequence[Values]) -> list[tuple[SecurityRule, bool]]:
    """New rules of one group, all or none.

    Raises NotFound for the group or the remote group, Forbidden, OverQuota, Invalid for fields that do not go together,
    Conflict for a rule that is there already.
    """
    for values in all_values:
        check(values)
    group_ids = {str(values["security_group_id"]) for values in all_values}
    if len(group_ids) > 1:
        raise Invalid(
            "Only allowed to update rules for one security profile at a time", name="SecurityGroupNotSingleGroupRules"
        )
    group = store.get(tx, group_ids.pop())
    if not access.allows(caller, "get_security_group", {"project_id": group.project_id}):
        raise faults.group_not_found(group.id)
    access.demand(caller, "create_security_group_rule", _target(group.project_id))
    quotas.check(tx, group.project_id, "security_group_rule", len(all_values))
    known = {_fingerprint(_columns(rule)): rule.id for rule in group.rules}
    made: list[str] = []
    fresh: set[tuple[Any, ...]] = set()
    for values in all_values:
        fingerprint = _fingerprint(values)
        if fingerprint in fresh:
            raise Conflict("Duplicate Security Group Rule in POST.", name="DuplicateSecurityGroupRuleInPost")
        if fingerprint in known:
            raise Conflict(
                f"Security group rule already exists. Rule id is {known[fingerprint]}.", name="SecurityGroupRuleExists"
            )
        fresh.add(fingerprint)
        made.append(_add(tx, caller, group.id, group.project_id, values))
    store.change(tx, group.id)
    realise.group(tx, group.id)
    return [(store.get_rule(tx, id), group.is_default) for id in made]


def _add(tx: Tx, caller: Caller, group_id: str, project_id: str, values: Values) -> str:
    remote = values.get("remote_group_id")
    if remote is not None:
        other = store.get(tx, remote)
        if not access.allows(caller, "get_security_group", {"project_id": other.project_id}):
            raise faults.group_not_found(remote)
    id = new_uuid()
    store.add_rule(
        tx,
        id=id,
        project_id=project_id,
        security_group_id=group_id,
        description=values.get("description", ""),
        protocol=values.get("protocol"),
        **{name: values.get(name) for name in _SAME},
    )
    return id


def _columns(rule: SecurityRule) -> Values:
    return {name: getattr(rule, name) for name in (*_SAME, "protocol")}


def _fingerprint(values: Values) -> tuple[Any, ...]:
    """What two rules that do the same have in common: a protocol by name is the one by number, any range is none."""
    prefix = values.get("remote_ip_prefix")
    network = None if prefix is None else ipaddress.ip_network(prefix, strict=False)
    if network is not None and network.prefixlen == 0:
        network = None
    plain = [values.get(name) for name in _SAME if name != "remote_ip_prefix"]
    return (*plain, str(network), number(values.get("protocol")))


def check(values: Values) -> None:
    """Raise Invalid for fields that do not go together."""
    if values.get("remote_ip_prefix") is not None and values.get("remote_group_id") is not None:
        raise Invalid(
            "Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.",
            name="SecurityGroupMultipleRemoteEntites",
        )
    _check_ports(values)
    ethertype, prefix = values.get("ethertype", "IPv4"), values.get("remote_ip_prefix")
    if prefix is not None and ipaddress.ip_interface(prefix).version != int(ethertype[-1]):
        raise Invalid(
            f"Conflicting value ethertype {ethertype} for CIDR {prefix}", name="SecurityGroupRuleParameterConflict"
        )
    protocol = values.get("protocol")
    if protocol in ONLY_IPV6 and ethertype == "IPv4":
        raise Invalid(
            f"Invalid ethertype {ethertype} for protocol {protocol}.",
            name="SecurityGroupEthertypeConflictWithProtocol",
        )


def _check_ports(values: Values) -> None:
    low, high, protocol = values.get("port_range_min"), values.get("port_range_max"), values.get("protocol")
    if low is None and high is None:
        return
    if not protocol:
        raise Invalid(
            "Must also specify protocol if port range is given.", name="SecurityGroupProtocolRequiredWithPorts"
        )
    if number(protocol) in PORTED:
        if low == 0 or high == 0:
            raise Invalid("Invalid value for port 0", name="SecurityGroupInvalidPortValue")
        if low is None or high is None or low > high:
            raise Invalid(
                "For TCP/UDP protocols, port_range_min must be <= port_range_max", name="SecurityGroupInvalidPortRange"
            )
    elif number(protocol) in ICMP:
        _check_icmp(low, high)
    else:
        raise Invalid(
            f"Ports cannot be specified for protocol {number(protocol)}. Ports are only supported for DCCP, SCTP, TCP, "
            "UDP, UDPLITE.",
            name="SecurityGroupInvalidProtocolForPort",
        )


def _check_icmp(kind: int | None, code: int | None) -> None:
    for value, field, attribute in ((kind, "type", "port_range_min"), (code, "code", "port_range_max")):
        if value is not None and not 0 <= value <= 255:
            raise Invalid(
                f"Invalid value for ICMP {field} ({attribute}) {value}. It must be 0 to 255.",
                name="SecurityGroupInvalidIcmpValue",
            )
    if kind is None:
        raise Invalid(
            f"ICMP code (port-range-max) {code} is provided but ICMP type (port-range-min) is missing.",
            name="SecurityGroupMissingIcmpType",
        )


def update(tx: Tx, caller: Caller, id: str, values: Values) -> tuple[SecurityRule, bool]:
    """Describe a rule anew; all else of it stays as it is. Raises NotFound, Forbidden."""
    rule, _ = get(tx, caller, id)
    access.demand(caller, "default", _target(rule.project_id))
    if "description" in values:
        store.change_rule(tx, id, description=values["description"])
    return get(tx, caller, id)


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Remove a rule. Raises NotFound, Forbidden."""
    rule, _ = get(tx, caller, id)
    access.demand(caller, "delete_security_group_rule", _target(rule.project_id))
    store.remove_rule(tx, id)
    store.change(tx, rule.security_group_id)
    realise.group(tx, rule.security_group_id)
