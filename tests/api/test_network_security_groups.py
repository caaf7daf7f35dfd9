"""Security groups and rules."""

from typing import Any

import pytest

from tests.api.network_scene import NOWHERE, V, fault, make, network, port, quiet, subnet, written
from tests.cloud import Client, Cloud

G, R = f"{V}/security-groups", f"{V}/security-group-rules"


def kinds(rules: list[dict[str, Any]]) -> set[tuple[str, str, bool]]:
    return {(rule["direction"], rule["ethertype"], rule["remote_group_id"] is not None) for rule in rules}


def group(client: Client, name: str = "web") -> dict[str, Any]:
    return make(client, "security-groups", "security_group", name=name)


def test_every_project_has_a_default_group_from_the_first_look(cloud: Cloud) -> None:
    member = cloud.project().member
    found = member.get(G).ok()["security_groups"]
    assert [(one["name"], one["description"]) for one in found] == [("default", "Default security group")]
    rules = found[0]["security_group_rules"]
    assert kinds(rules) == {
        ("egress", "IPv4", False), ("egress", "IPv6", False), ("ingress", "IPv4", True), ("ingress", "IPv6", True),
    }  # fmt: skip
    assert {rule["remote_group_id"] for rule in rules} == {None, found[0]["id"]}
    assert [one["id"] for one in member.get(G).ok()["security_groups"]] == [found[0]["id"]]
    quiet(cloud)
    assert len(written(cloud, "group")[found[0]["id"]].rules) == 4


def test_a_new_group_lets_out_only(cloud: Cloud) -> None:
    member = cloud.project().member
    made = group(member)
    assert kinds(made["security_group_rules"]) == {("egress", "IPv4", False), ("egress", "IPv6", False)}
    assert made["revision_number"] == 1


def test_rules_reach_the_switch_at_once(cloud: Cloud) -> None:
    member = cloud.project().member
    made = group(member)
    body = {"security_group_id": made["id"], "direction": "ingress", "protocol": "tcp"}
    rule = make(member, "security-group-rules", "security_group_rule", port_range_min=22, port_range_max=22, **body)
    assert (rule["ethertype"], rule["remote_ip_prefix"], rule["belongs_to_default_sg"]) == ("IPv4", None, False)
    remote = make(
        member, "security-group-rules", "security_group_rule", direction="ingress", security_group_id=made["id"],
        remote_group_id=made["id"], protocol="ICMP",
    )  # fmt: skip
    assert remote["protocol"] == "icmp"
    quiet(cloud)
    rules = {one.rule_id: one for one in written(cloud, "group")[made["id"]].rules}
    assert (rules[rule["id"]].protocol, rules[rule["id"]].port_min, rules[rule["id"]].port_max) == ("tcp", 22, 22)
    assert rules[remote["id"]].remote_group_id == made["id"]
    member.delete(f"{R}/{rule['id']}").ok(204)
    quiet(cloud)
    assert rule["id"] not in {one.rule_id for one in written(cloud, "group")[made["id"]].rules}
    assert fault(member.delete(f"{R}/{rule['id']}"), 404) == (
        "SecurityGroupRuleNotFound",
        f"Security group rule {rule['id']} does not exist",
    )


WRONG: list[tuple[dict[str, Any], int, str, str]] = [
    ({"direction": "sideways"}, 400, "HTTPBadRequest", "Invalid input for direction. Reason: sideways is not in valid_values."),
    ({"security_group_id": NOWHERE}, 404, "SecurityGroupNotFound", f"Security group {NOWHERE} does not exist"),
    ({"remote_group_id": NOWHERE}, 404, "SecurityGroupNotFound", f"Security group {NOWHERE} does not exist"),
    ({"port_range_min": 70000}, 400, "SecurityGroupInvalidPortValue", "Invalid value for port 70000"),
    ({"port_range_min": 0, "port_range_max": 5}, 400, "SecurityGroupInvalidPortValue", "Invalid value for port 0"),
    (
        {"port_range_min": 9, "port_range_max": 5}, 400, "SecurityGroupInvalidPortRange",
        "For TCP/UDP protocols, port_range_min must be <= port_range_max",
    ),
    (
        {"protocol": None, "port_range_min": 9, "port_range_max": 9}, 400, "SecurityGroupProtocolRequiredWithPorts",
        "Must also specify protocol if port range is given.",
    ),
    (
        {"protocol": "icmp", "port_range_min": 300}, 400, "SecurityGroupInvalidIcmpValue",
        "Invalid value for ICMP type (port_range_min) 300. It must be 0 to 255.",
    ),
    (
        {"protocol": "icmp", "port_range_max": 3}, 400, "SecurityGroupMissingIcmpType",
        "ICMP code (port-range-max) 3 is provided but ICMP type (port-range-min) is missing.",
    ),
    ({"remote_ip_prefix": "x"}, 400, "InvalidCIDR", "Invalid CIDR x given as IP prefix."),
    (
        {"remote_ip_prefix": "fd00::/64"}, 400, "SecurityGroupRuleParameterConflict",
        "Conflicting value ethertype IPv4 for CIDR fd00::/64",
    ),
    (
        {"protocol": "ipv6-icmp"}, 400, "SecurityGroupEthertypeConflictWithProtocol",
        "Invalid ethertype IPv4 for protocol ipv6-icmp.",
    ),
    (
        {"remote_ip_prefix": "10.0.0.0/8", "remote_group_id": NOWHERE}, 400, "SecurityGroupMultipleRemoteEntites",
        "Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.",
    ),
    (
        {"ethertype": "IPv5"}, 400, "SecurityGroupRuleInvalidEtherType",
        "Security group rule for ethertype 'IPv5' not supported. Allowed values are ['IPv4', 'IPv6'].",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "status", "name", "sentence"), WRONG)
def test_a_wrong_rule_changes_nothing(
    cloud: Cloud, wrong: dict[str, Any], status: int, name: str, sentence: str
) -> None:
    member = cloud.project().member
    made = group(member)
    body = {"security_group_id": made["id"], "direction": "ingress", "protocol": "tcp"} | wrong
    assert fault(member.post(R, {"security_group_rule": body}), status) == (name, sentence)
    assert len(member.get(f"{R}?security_group_id={made['id']}").ok()["security_group_rules"]) == 2


def test_the_same_rule_is_there_once(cloud: Cloud) -> None:
    member = cloud.project().member
    made = group(member)
    body = {"security_group_id": made["id"], "direction": "ingress", "protocol": "tcp"}
    first = make(member, "security-group-rules", "security_group_rule", **body)
    for same in (body, body | {"protocol": "6"}, body | {"remote_ip_prefix": "0.0.0.0/0"}):
        assert fault(member.post(R, {"security_group_rule": same}), 409) == (
            "SecurityGroupRuleExists",
            f"Security group rule already exists. Rule id is {first['id']}.",
        )
    udp = body | {"protocol": "udp"}
    twice = member.post(R, {"security_group_rules": [udp, udp]})
    assert fault(twice, 409) == ("DuplicateSecurityGroupRuleInPost", "Duplicate Security Group Rule in POST.")


def test_groups_in_use_and_default_ones_stay(cloud: Cloud) -> None:
    member = cloud.project().member
    net = network(member)
    subnet(member, net["id"])
    made = group(member)
    held = port(member, net["id"], security_groups=[made["id"]])
    assert fault(member.delete(f"{G}/{made['id']}"), 409) == (
        "SecurityGroupInUse",
        f"Security Group {made['id']} in use.",
    )
    default = member.get(f"{G}?name=default").ok()["security_groups"][0]["id"]
    assert fault(member.delete(f"{G}/{default}"), 409)[0] == "SecurityGroupCannotRemoveDefault"
    rename = member.put(f"{G}/{default}", {"security_group": {"name": "x"}})
    assert fault(rename, 409) == ("SecurityGroupCannotUpdateDefault", "Updating default security group not allowed.")
    second = member.post(G, {"security_group": {"name": "default"}})
    assert fault(second, 409) == ("SecurityGroupDefaultAlreadyExists", "Default security group already exists.")
    member.delete(f"{V}/ports/{held['id']}").ok(204)
    member.delete(f"{G}/{made['id']}").ok(204)
    quiet(cloud)
    assert made["id"] not in written(cloud, "group")


def test_rules_that_name_a_group_go_with_it(cloud: Cloud) -> None:
    member = cloud.project().member
    web, database = group(member, "web"), group(member, "database")
    body = {"security_group_id": database["id"], "direction": "ingress", "remote_group_id": web["id"]}
    rule = make(member, "security-group-rules", "security_group_rule", **body)
    member.delete(f"{G}/{web['id']}").ok(204)
    assert member.get(f"{R}/{rule['id']}").status == 404
    quiet(cloud)
    assert rule["id"] not in {one.rule_id for one in written(cloud, "group")[database["id"]].rules}


def test_strangers_readers_and_quotas(cloud: Cloud) -> None:
    tenant = cloud.project()
    made = group(tenant.member)
    stranger = cloud.project().member
    missing = ("SecurityGroupNotFound", f"Security group {made['id']} does not exist")
    assert fault(stranger.get(f"{G}/{made['id']}"), 404) == missing
    assert fault(stranger.delete(f"{G}/{made['id']}"), 404) == missing
    body = {"security_group_id": made["id"], "direction": "ingress"}
    assert fault(stranger.post(R, {"security_group_rule": body}), 404) == missing
    forbidden = tenant.reader.post(R, {"security_group_rule": body})
    assert fault(forbidden, 403)[1] == "rule:create_security_group_rule is disallowed by policy"
    assert fault(tenant.reader.post(G, {"security_group": {}}), 403)[1] == (
        "rule:create_security_group is disallowed by policy"
    )
    cloud.admin.put(f"{V}/quotas/{tenant.id}", {"quota": {"security_group_rule": 6}}).ok(200)
    assert fault(tenant.member.post(R, {"security_group_rule": body}), 409) == (
        "OverQuota",
        "Quota exceeded for resources: ['security_group_rule'].",
    )
    changed = tenant.member.put(f"{G}/{made['id']}", {"security_group": {"description": "d"}}).ok()["security_group"]
    assert (changed["description"], changed["revision_number"]) == ("d", 2)
