"""An operator's policy files on a running cloud, and `/gureum/v1/policy/explain`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cloud import Client, Cloud, Tenant


@pytest.fixture
def folder(cloud: Cloud) -> Iterator[Path]:
    """Where the policy files are; the defaults are back afterwards."""
    found = cloud.state / "policy"
    found.mkdir(exist_ok=True)
    yield found
    for path in found.iterdir():
        path.unlink()
    cloud.wait(lambda: not any(one["overrides"] or one["problem"] for one in listed(cloud)), "the defaults")


def listed(cloud: Cloud) -> list[dict[str, Any]]:
    return cloud.admin.get("/gureum/v1/policy").ok(200)["policy"]


def of(cloud: Cloud, service: str) -> dict[str, Any]:
    return next(one for one in listed(cloud) if one["service"] == service)


def test_a_role_may_be_let_list_servers_and_nothing_else(cloud: Cloud, folder: Path) -> None:
    role = cloud.admin.post("/v3/roles", {"role": {"name": "vm-list-viewer"}}).ok(201)["role"]
    assert role["name"] == "vm-list-viewer"
    viewer = getattr(cloud.project("vm-list-viewer"), "vm-list-viewer")
    assert viewer.get("/compute/v2.1/servers").status == 403
    (folder / "compute.yaml").write_text(
        "os_compute_api:servers:index: role:vm-list-viewer or rule:project_reader_or_admin\n"
    )
    cloud.wait(lambda: viewer.get("/compute/v2.1/servers").status == 200, "the override")
    assert viewer.get("/compute/v2.1/servers/detail").status == 403
    assert viewer.get("/compute/v2.1/os-simple-tenant-usage").status == 403
    assert of(cloud, "compute")["overrides"] == {
        "os_compute_api:servers:index": "role:vm-list-viewer or rule:project_reader_or_admin"
    }
    (folder / "compute.yaml").unlink()
    cloud.wait(lambda: viewer.get("/compute/v2.1/servers").status == 403, "the default")


def test_a_bad_file_keeps_the_rules_and_is_named(cloud: Cloud, folder: Path) -> None:
    member = cloud.project().member
    cloud.admin.put(f"/network/v2.0/quotas/{member.project_id}", {"quota": {"network": -1}}).ok(200)
    path = folder / "network.yaml"
    path.write_text("create_network: role:admin\n")
    body = {"network": {"name": "n"}}
    cloud.wait(lambda: member.post("/network/v2.0/networks", body).status == 403, "the override")
    path.write_text("create_network: '@'\nget_network: 'name:%(name)s'\n")
    problem = cloud.wait(lambda: of(cloud, "network")["problem"], "the problem")
    assert "get_network decides over a list" in problem
    assert member.post("/network/v2.0/networks", body).status == 403
    path.write_text("create_network: '@'\n")
    cloud.wait(lambda: member.post("/network/v2.0/networks", body).status == 201, "the mended file")
    assert of(cloud, "network")["problem"] is None


def test_a_list_follows_its_override(cloud: Cloud, folder: Path) -> None:
    tenant = cloud.project()
    made = tenant.member.post("/network/v2.0/networks", {"network": {"name": "seen"}}).ok(201)["network"]["id"]
    stranger = cloud.project().reader

    def seen(client: Client) -> bool:
        return made in {one["id"] for one in client.get("/network/v2.0/networks").ok(200)["networks"]}

    assert not seen(stranger)
    (folder / "network.yaml").write_text("get_network: role:reader\n")
    cloud.wait(lambda: seen(stranger), "the override")
    assert stranger.get(f"/network/v2.0/networks/{made}").status == 200


def explained(cloud: Cloud, **asked: str) -> dict[str, Any]:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return cloud.admin.get(f"/gureum/v1/policy/explain?{query}").ok(200)


def test_explain_says_by_which_part_of_which_rule(cloud: Cloud) -> None:
    tenant = cloud.project()
    network = tenant.member.post("/network/v2.0/networks", {"network": {"name": "n"}}).ok(201)["network"]["id"]
    found = explained(cloud, user=tenant.reader.user_id, action="update_network", target=network)
    (one,) = found["explanations"]
    assert (one["service"], one["allowed"]) == ("network", False)
    assert one["because"] == [
        "rule:admin_only → rule:context_is_admin → role:admin does not hold",
        "role:member does not hold",
    ]
    assert one["target"]["project_id"] == tenant.id
    (one,) = explained(cloud, user=tenant.member.user_id, action="update_network", target=network)["explanations"]
    assert one["allowed"]
    (one,) = explained(cloud, user=tenant.member.user_id, action="update_network", target="project_id=x")[
        "explanations"
    ]
    assert not one["allowed"]
    (one,) = explained(cloud, user=tenant.member.user_id, action="update_network")["explanations"]
    assert one["allowed"]
    asked = {"user": "admin", "action": "os_compute_api:servers:index", "system": "true"}
    (one,) = explained(cloud, **asked)["explanations"]
    assert one["because"] == ["the rule is open to tokens of: project"]


OWN = {
    "identity:get_user": (True, True),
    "identity:update_user": (False, False),
    "add_image": (True, False),
    "delete_image": (True, False),
    "os_compute_api:servers:index": (True, True),
    "os_compute_api:servers:delete": (True, False),
    "os_compute_api:servers:create:forced_host": (False, False),
    "create_network": (True, False),
    "create_network:shared": (False, False),
    "update_port:fixed_ips": (True, False),
    "create_security_group_rule": (True, False),
    "volume:create": (True, False),
    "volume:delete": (True, False),
    "volume_extension:type_create": (False, False),
    "gureum:policy": (False, False),
}
"""Rule → whether a member and a reader may do so with what is their own."""


@pytest.fixture(scope="module")
def tenant(cloud: Cloud) -> Tenant:
    return cloud.project()


def name_of(cloud: Cloud, client: Client) -> str:
    return cloud.admin.get(f"/v3/users/{client.user_id}").ok(200)["user"]["name"]


@pytest.mark.parametrize("rule", OWN)
def test_users_are_explained_by_name_what_they_may_do_with_their_own(cloud: Cloud, tenant: Tenant, rule: str) -> None:
    for client, right in zip((tenant.member, tenant.reader), OWN[rule], strict=True):
        found = explained(cloud, user=name_of(cloud, client), action=rule)
        assert found["user"]["id"] == client.user_id
        assert [one["allowed"] for one in found["explanations"]] == [right], found


def test_targets_of_every_service_are_explained_as_the_service_judges_them(cloud: Cloud, tenant: Tenant) -> None:
    member, stranger = name_of(cloud, tenant.member), name_of(cloud, cloud.project().member)
    api = "/network/v2.0"
    network = tenant.member.post(f"{api}/networks", {"network": {}}).ok(201)["network"]["id"]
    port = tenant.member.post(f"{api}/ports", {"port": {"network_id": network}}).ok(201)["port"]["id"]
    group = tenant.member.post(f"{api}/security-groups", {"security_group": {"name": "g"}}).ok(201)["security_group"]
    image = tenant.member.post("/image/v2/images", {"name": "i"}).ok(201)["id"]
    volume = tenant.member.post(f"/volume/v3/{tenant.id}/volumes", {"volume": {"size": 1}}).ok(202)["volume"]["id"]
    targets = {
        "update_network": network,
        "update_port": port,
        "update_port:fixed_ips": port,
        "create_security_group_rule": group["security_group_rules"][0]["id"],
        "modify_image": image,
        "volume:delete": volume,
        "identity:get_user": tenant.member.user_id,
    }
    for rule, target in targets.items():
        for user, right in ((member, True), (stranger, False)):
            (one,) = explained(cloud, user=user, action=rule, target=target)["explanations"]
            assert one["allowed"] is right, (rule, user, one)


def test_a_domains_administrator_is_explained_with_its_domain(cloud: Cloud, tenant: Tenant) -> None:
    asked = {"user": "domain-manager", "action": "identity:update_user", "domain": "Default"}
    body = {"user": {"name": "domain-manager", "password": "secret", "domain_id": "default"}}
    id = cloud.admin.post("/v3/users", body).ok(201)["user"]["id"]
    (role,) = cloud.admin.get("/v3/roles?name=manager").ok(200)["roles"]
    cloud.admin.put(f"/v3/domains/default/users/{id}/roles/{role['id']}").ok(204)
    other = cloud.admin.post("/v3/domains", {"domain": {"name": "elsewhere"}}).ok(201)["domain"]["id"]
    theirs = cloud.admin.post("/v3/users", {"user": {"name": "theirs", "domain_id": other}}).ok(201)["user"]["id"]
    for target, right in ((tenant.member.user_id, True), (theirs, False)):
        (one,) = explained(cloud, **asked, target=target)["explanations"]
        assert one["allowed"] is right, one
        assert one["target"]["target.user.id"] == target
    (one,) = explained(cloud, **asked)["explanations"]
    assert one["allowed"]


@pytest.mark.parametrize(
    ("action", "near"),
    [
        ("servers:index", "os_compute_api:servers:index"),
        ("create_netwrk", "create_network"),
        ("volume:delet", "volume:delete"),
    ],
)
def test_names_near_an_unknown_rule_are_told(cloud: Cloud, action: str, near: str) -> None:
    answer = cloud.admin.get(f"/gureum/v1/policy/explain?user=admin&project=admin&action={action}")
    assert answer.status == 404
    assert near in answer.json["itemNotFound"]["message"].split(" Near it are: ")[1].removesuffix(".").split(", ")
    answer = cloud.admin.get("/gureum/v1/policy/explain?user=admin&project=admin&action=zzzzzz")
    assert "Near" not in answer.body.decode()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("user=admin", 400),
        ("user=nobody&action=get_network", 404),
        ("user=admin&action=fly", 404),
        ("user=admin&action=get_network&target=nothing", 404),
        ("user=admin&project=none&action=get_network", 404),
        ("user=admin&domain=none&action=get_network", 404),
    ],
)
def test_questions_about_what_is_not_there(cloud: Cloud, query: str, status: int) -> None:
    assert cloud.admin.get(f"/gureum/v1/policy/explain?{query}").status == status


def test_policy_is_the_operators(cloud: Cloud) -> None:
    member = cloud.project().member
    for path in ("/gureum/v1/policy", "/gureum/v1/policy/explain?user=admin&action=get_network"):
        assert member.get(path).status == 403
        assert cloud.anonymous().get(path).status == 401
