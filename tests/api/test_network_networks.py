"""Networks."""

import pytest

from tests.api.network_scene import NOWHERE, OPERATION, V, external, fault, network, port, quiet, subnet, written
from tests.cloud import Cloud

KEYS = {
    "id", "name", "tenant_id", "project_id", "admin_state_up", "mtu", "status", "subnets", "shared", "router:external",
    "description", "port_security_enabled", "tags", "revision_number", "created_at", "updated_at",
}  # fmt: skip


def test_a_members_network_gets_a_tunnel_that_only_administrators_see(cloud: Cloud) -> None:
    member = cloud.project().member
    made = network(member, name="a")
    assert set(made) == KEYS | {"is_default"}
    assert (made["mtu"], made["status"], made["shared"], made["revision_number"]) == (1442, "ACTIVE", False, 1)
    shown = member.get(f"{V}/networks/{made['id']}").ok()["network"]
    assert set(shown) == KEYS
    seen = cloud.admin.get(f"{V}/networks/{made['id']}").ok()["network"]
    assert seen["provider:network_type"] == "geneve"
    assert seen["provider:physical_network"] is None
    assert seen["provider:segmentation_id"] >= 1
    quiet(cloud)
    assert written(cloud, "switch")[made["id"]].mtu == 1442


def test_administrators_choose_where_a_network_is_on_the_wire(cloud: Cloud) -> None:
    for kind, mtu in (("vlan", 1500), ("vxlan", 1442), ("gre", 1442), ("geneve", 1442), ("local", 1442)):
        made = network(cloud.admin, **{"provider:network_type": kind})
        assert (made["provider:network_type"], made["mtu"]) == (kind, mtu)
        quiet(cloud)
        statement = written(cloud, "switch")[made["id"]]
        assert statement.vlan == (made["provider:segmentation_id"] if kind == "vlan" else None)
        assert statement.physical_network == ("extnet" if kind == "vlan" else None)
    assert external(cloud)["mtu"] == 1500


def test_a_place_on_the_wire_is_taken_once(cloud: Cloud) -> None:
    external(cloud)
    flat = {"provider:network_type": "flat", "provider:physical_network": "extnet"}
    vlan = {"provider:network_type": "vlan", "provider:physical_network": "extnet", "provider:segmentation_id": 200}
    network(cloud.admin, **vlan)
    again = [cloud.admin.post(f"{V}/networks", {"network": body}) for body in (flat, vlan)]
    assert [fault(answer, 409) for answer in again] == [
        ("FlatNetworkInUse", "Unable to create the flat network. Physical network extnet is in use."),
        ("VlanIdInUse", "Unable to create the network. The VLAN 200 on physical network extnet is in use."),
    ]


@pytest.mark.parametrize("name", ["provider:network_type", "router:external", "shared"])
def test_members_may_not_say_what_is_the_administrators(cloud: Cloud, name: str) -> None:
    member = cloud.project().member
    value = "vxlan" if name.startswith("provider") else True
    answer = member.post(f"{V}/networks", {"network": {"name": "x", name: value}})
    sentence = f"(rule:create_network and rule:create_network:{name}) is disallowed by policy"
    assert fault(answer, 403) == ("PolicyNotAuthorized", sentence)
    assert [one["name"] for one in member.get(f"{V}/networks?name=x").ok()["networks"]] == []


@pytest.mark.parametrize(
    ("body", "name", "sentence"),
    [
        ({"network": {"admin_state_up": 5}}, "InvalidInput", f"{OPERATION}'5' cannot be converted to boolean."),
        ({"network": {"name": 5}}, "HTTPBadRequest", "Invalid input for name. Reason: '5' is not a valid string."),
        ({"network": {"id": "x"}}, "HTTPBadRequest", "Attribute 'id' not allowed in POST"),
        ({"network": {"bogus_attr": 1}}, "HTTPBadRequest", "Unrecognized attribute(s) 'bogus_attr'"),
        ({"network": {"mtu": 9999}}, "InvalidInput", "Invalid input for operation: Requested MTU is too big, maximum is 1442."),
        ({"network": []}, "HTTPBadRequest", "Object 'network' contains invalid data"),
        ({"networks": []}, "HTTPBadRequest", "Resources required"),
        ({}, "HTTPBadRequest", "Unable to find 'network' in request body"),
        (7, "HTTPBadRequest", "Body contains invalid data"),
        ({"networks": [{"name": "first"}, {"name": 5}]}, "HTTPBadRequest",
     "Invalid input for name. Reason: '5' is not a valid string."),
        (
            {"network": {"project_id": "other"}},
            "HTTPBadRequest",
            "Specifying 'project_id' other than the authenticated project in request is not allowed for the current user.",
        ),
    ],
)  # fmt: skip
def test_a_wrong_body_is_told_in_upstreams_words(cloud: Cloud, body: object, name: str, sentence: str) -> None:
    member = cloud.project().member
    assert fault(member.post(f"{V}/networks", body), 400) == (name, sentence)
    assert member.get(f"{V}/networks?router:external=false").ok()["networks"] == []


def test_several_at_once_are_made_all_or_none(cloud: Cloud) -> None:
    member = cloud.project().member
    made = member.post(f"{V}/networks", {"networks": [{"name": "a"}, {"name": "b"}]}).ok(201)["networks"]
    assert [one["name"] for one in made] == ["a", "b"]


def test_strangers_neither_see_nor_touch(cloud: Cloud) -> None:
    made = network(cloud.project().member)
    other = cloud.project().member
    url = f"{V}/networks/{made['id']}"
    sentence = ("NetworkNotFound", f"Network {made['id']} could not be found.")
    assert fault(other.get(url), 404) == sentence
    assert fault(other.put(url, {"network": {"name": "x"}}), 404) == sentence
    assert fault(other.delete(url), 404) == sentence
    assert fault(other.get(f"{V}/networks/{NOWHERE}"), 404)[0] == "NetworkNotFound"
    assert cloud.anonymous().get(f"{V}/networks").status == 401


def test_readers_only_read(cloud: Cloud) -> None:
    tenant = cloud.project()
    made = network(tenant.member)
    url = f"{V}/networks/{made['id']}"
    tenant.reader.get(url).ok(200)
    answers = [
        (tenant.reader.post(f"{V}/networks", {"network": {}}), "create_network"),
        (tenant.reader.put(url, {"network": {"name": "x"}}), "update_network"),
        (tenant.reader.delete(url), "delete_network"),
    ]
    for answer, rule in answers:
        assert fault(answer, 403) == ("PolicyNotAuthorized", f"rule:{rule} is disallowed by policy")


def test_shared_networks_are_everybodys_to_use(cloud: Cloud) -> None:
    shared = network(cloud.admin, shared=True, name="shared")
    subnet(cloud.admin, shared["id"], "10.200.0.0/24")
    member = cloud.project().member
    assert [one["id"] for one in member.get(f"{V}/networks?shared=true").ok()["networks"]] == [shared["id"]]
    mine = port(member, shared["id"])
    assert (
        fault(member.put(f"{V}/networks/{shared['id']}", {"network": {"name": "x"}}), 403)[0] == "PolicyNotAuthorized"
    )
    unshare = cloud.admin.put(f"{V}/networks/{shared['id']}", {"network": {"shared": False}})
    assert fault(unshare, 409)[0] == "InvalidSharedSetting"
    member.delete(f"{V}/ports/{mine['id']}").ok(204)
    cloud.admin.put(f"{V}/networks/{shared['id']}", {"network": {"shared": False}}).ok(200)
    assert fault(member.get(f"{V}/networks/{shared['id']}"), 404)[0] == "NetworkNotFound"


def test_changes_raise_the_revision_and_can_insist_on_one(cloud: Cloud) -> None:
    member = cloud.project().member
    made = network(member)
    url = f"{V}/networks/{made['id']}"
    changed = member.put(url, {"network": {"name": "new"}}, headers={"If-Match": "revision_number=1"}).ok()["network"]
    assert (changed["name"], changed["revision_number"]) == ("new", 2)
    stale = member.put(url, {"network": {"name": "no"}}, headers={"If-Match": "revision_number=1"})
    assert fault(stale, 412) == ("RevisionNumberConstraintFailed", "Constrained to 1, but current revision is 2")
    assert member.get(url).ok()["network"]["name"] == "new"
    assert member.delete(url, headers={"If-Match": "revision_number=7"}).status == 412
    for name in ("id", "tenant_id", "revision_number"):
        answer = member.put(url, {"network": {name: "x"}})
        assert fault(answer, 400) == ("HTTPBadRequest", f"Cannot update read-only attribute {name}")


def test_a_network_goes_with_its_subnets_but_not_with_ports(cloud: Cloud) -> None:
    member = cloud.project().member
    made = network(member)
    sub = subnet(member, made["id"])
    held = port(member, made["id"])
    url = f"{V}/networks/{made['id']}"
    assert fault(member.delete(url), 409) == (
        "NetworkInUse",
        f"Unable to complete operation on network {made['id']}. There are one or more ports still in use on the "
        f"network, id for these ports is: {held['id']}.",
    )
    assert fault(member.call("DELETE", url, {"a": 1}), 400)[1] == "Request body is not supported in DELETE."
    member.delete(f"{V}/ports/{held['id']}").ok(204)
    member.delete(url).ok(204)
    assert member.get(f"{V}/subnets/{sub['id']}").status == 404
    quiet(cloud)
    assert made["id"] not in written(cloud, "switch")
    assert not [one for one in written(cloud, "port").values() if one.network_id == made["id"]]


def test_a_quota_is_kept_with_its_sentence(cloud: Cloud) -> None:
    tenant = cloud.project()
    cloud.admin.put(f"{V}/quotas/{tenant.id}", {"quota": {"network": 1}}).ok(200)
    network(tenant.member)
    answer = tenant.member.post(f"{V}/networks", {"network": {}})
    assert fault(answer, 409) == ("OverQuota", "Quota exceeded for resources: ['network'].")


def test_numbers_beyond_all_bounds_are_refused_or_harmless(cloud: Cloud) -> None:
    huge = 10**30
    for kind, high in (("vlan", 4094), ("geneve", 16777215)):
        body = {"provider:network_type": kind, "provider:physical_network": "extnet" if kind == "vlan" else None}
        answer = cloud.admin.post(f"{V}/networks", {"network": body | {"provider:segmentation_id": huge}})
        sentence = f"Invalid input for operation: segmentation_id out of range (1 through {high})."
        assert fault(answer, 400) == ("InvalidInput", sentence)
    assert fault(cloud.admin.post(f"{V}/networks", {"network": {"mtu": huge}}), 400)[0] == "InvalidInput"
    cloud.admin.get(f"{V}/networks?limit={huge}").ok(200)
    assert cloud.admin.get(f"{V}/networks?revision_number={huge}").ok(200)["networks"] == []
