"""Roles, what they imply, and who has them where."""

from typing import Any

import pytest

from tests.cloud import PASSWORD, Client, Cloud, Tenant


@pytest.fixture(scope="module")
def tenant(cloud: Cloud) -> Tenant:
    return cloud.project("member", "reader")


def make(client: Client, name: str, **more: Any) -> dict[str, Any]:
    """A new role."""
    return client.post("/v3/roles", {"role": {"name": name} | more}).ok(201)["role"]


def named(cloud: Cloud, name: str) -> str:
    """The id of a role."""
    return cloud.admin.get(f"/v3/roles?name={name}").ok(200)["roles"][0]["id"]


def test_a_role_is_made_shown_changed_and_deleted(cloud: Cloud) -> None:
    made = make(cloud.admin, "life")
    assert made == {
        "id": made["id"],
        "name": "life",
        "domain_id": None,
        "description": None,
        "options": {},
        "links": {"self": f"http://cloud.test:5000/v3/roles/{made['id']}"},
    }
    path = f"/v3/roles/{made['id']}"
    assert cloud.admin.get(path).ok(200)["role"] == made
    changed = cloud.admin.patch(path, {"role": {"name": "lives", "description": "of"}}).ok(200)["role"]
    assert changed == made | {"name": "lives", "description": "of"}
    cloud.admin.delete(path).ok(204)
    assert cloud.admin.get(path).status == 404


def test_the_roles_of_the_first_start_are_immutable(cloud: Cloud) -> None:
    roles = {role["name"]: role for role in cloud.admin.get("/v3/roles").ok(200)["roles"]}
    assert {"admin", "manager", "member", "reader", "service"} <= set(roles)
    path = f"/v3/roles/{roles['reader']['id']}"
    answer = cloud.admin.delete(path)
    assert answer.status == 403
    assert "Unable to delete immutable role resource" in answer.json["error"]["message"]
    assert cloud.admin.patch(path, {"role": {"name": "x"}}).status == 403


def test_member_is_found_under_its_former_name_as_what_it_is(cloud: Cloud) -> None:
    for answer in (
        cloud.admin.get("/v3/roles?name=_member_").ok(200)["roles"][0],
        cloud.admin.get("/v3/roles/_member_").ok(200)["role"],
    ):
        assert (answer["name"], answer["id"]) == ("member", named(cloud, "member"))
    own = make(cloud.admin, "_member_")
    assert cloud.admin.get("/v3/roles?name=_member_").ok(200)["roles"] == [own]
    cloud.admin.delete(f"/v3/roles/{own['id']}").ok(204)
    assert cloud.admin.get("/v3/roles/_member").status == 404


def test_roles_of_a_domain_are_apart(cloud: Cloud) -> None:
    one = make(cloud.admin, "local", domain_id="default")
    make(cloud.admin, "local")
    assert cloud.admin.get("/v3/roles?domain_id=default").ok(200)["roles"] == [one]
    assert one["id"] not in str(cloud.admin.get("/v3/roles").ok(200))
    assert cloud.admin.post("/v3/roles", {"role": {"name": "local", "domain_id": "default"}}).status == 409
    assert cloud.admin.post("/v3/roles", {"role": {"name": "x", "domain_id": "nowhere"}}).status == 404
    assert cloud.admin.patch(f"/v3/roles/{one['id']}", {"role": {"domain_id": "other"}}).status == 400


def test_a_domains_role_counts_for_what_it_implies(cloud: Cloud) -> None:
    tenant = cloud.project("reader")
    local = make(cloud.admin, "bundle", domain_id="default")["id"]
    cloud.admin.put(f"/v3/roles/{local}/implies/{named(cloud, 'member')}").ok(201)
    cloud.admin.put(f"/v3/projects/{tenant.id}/users/{tenant.reader.user_id}/roles/{local}").ok(204)
    token = tenant.reader.get("/v3/auth/tokens", headers={"x-subject-token": tenant.reader.token or ""}).ok(200)[
        "token"
    ]
    assert [role["name"] for role in token["roles"]] == ["member", "reader"]
    path = f"/v3/role_assignments?user.id={tenant.reader.user_id}&scope.project.id={tenant.id}"
    given = cloud.admin.get(path).ok(200)["role_assignments"]
    assert local in {one["role"]["id"] for one in given}
    effective = cloud.admin.get(f"{path}&effective").ok(200)["role_assignments"]
    assert {one["role"]["id"] for one in effective} == {named(cloud, "member"), named(cloud, "reader")}
    domain = cloud.admin.post("/v3/domains", {"domain": {"name": "elsewhere"}}).ok(201)["domain"]["id"]
    project = cloud.admin.post("/v3/projects", {"project": {"name": "p", "domain_id": domain}}).ok(201)["project"]["id"]
    assert cloud.admin.put(f"/v3/projects/{project}/users/{tenant.reader.user_id}/roles/{local}").status == 403


def test_implications(cloud: Cloud, tenant: Tenant) -> None:
    one, two = make(cloud.admin, "prior"), make(cloud.admin, "implied")
    path = f"/v3/roles/{one['id']}/implies"
    assert cloud.admin.get(f"{path}/{two['id']}").status == 404
    made = cloud.admin.put(f"{path}/{two['id']}").ok(201)
    assert made["role_inference"]["prior_role"] == {"id": one["id"], "links": one["links"], "name": "prior"}
    assert made["role_inference"]["implies"] == {"id": two["id"], "links": two["links"], "name": "implied"}
    assert cloud.admin.get(f"{path}/{two['id']}").ok(200) == made
    assert cloud.admin.call("HEAD", f"{path}/{two['id']}").status == 204
    assert cloud.admin.get(path).ok(200)["role_inference"]["implies"] == [made["role_inference"]["implies"]]
    inferences = cloud.admin.get("/v3/role_inferences").ok(200)["role_inferences"]
    found = {rule["prior_role"]["name"]: [role["name"] for role in rule["implies"]] for rule in inferences}
    assert found["prior"] == ["implied"]
    assert found["admin"] == ["manager"]
    assert cloud.admin.put(f"{path}/{named(cloud, 'admin')}").status == 403
    assert cloud.admin.put(f"/v3/roles/{two['id']}/implies/{one['id']}").status == 403
    assert cloud.admin.put(f"{path}/nowhere").status == 404
    assert tenant.member.put(f"{path}/{two['id']}").status == 403
    assert cloud.admin.delete(f"{path}/{two['id']}").status == 204
    assert cloud.admin.delete(f"{path}/{two['id']}").status == 404


PLACES = [
    "/v3/projects/{project}/users/{user}/roles/{role}",
    "/v3/projects/{project}/groups/{group}/roles/{role}",
    "/v3/domains/default/users/{user}/roles/{role}",
    "/v3/domains/default/groups/{group}/roles/{role}",
    "/v3/system/users/{user}/roles/{role}",
    "/v3/system/groups/{group}/roles/{role}",
    "/v3/OS-INHERIT/projects/{project}/users/{user}/roles/{role}/inherited_to_projects",
    "/v3/OS-INHERIT/projects/{project}/groups/{group}/roles/{role}/inherited_to_projects",
    "/v3/OS-INHERIT/domains/default/users/{user}/roles/{role}/inherited_to_projects",
    "/v3/OS-INHERIT/domains/default/groups/{group}/roles/{role}/inherited_to_projects",
]


@pytest.mark.parametrize("place", PLACES)
def test_roles_are_given_checked_listed_and_taken_everywhere(cloud: Cloud, tenant: Tenant, place: str) -> None:
    group = cloud.admin.post("/v3/groups", {"group": {"name": f"group {place}"}}).ok(201)["group"]["id"]
    role = make(cloud.admin, f"role {place}")
    known = {"project": tenant.id, "user": tenant.reader.user_id, "group": group, "role": role["id"]}
    path = place.format(**known)
    above = path.replace(f"/{role['id']}", "")
    assert cloud.admin.get(path).status == 404
    for _ in range(2):
        assert cloud.admin.put(path).status == 204
    assert cloud.admin.get(path).status == 204
    assert cloud.admin.call("HEAD", path).status == 204
    listed = not place.startswith("/v3/OS-INHERIT/projects")
    assert not listed or role in cloud.admin.get(above).ok(200)["roles"]
    found = cloud.admin.get(f"/v3/role_assignments?role.id={role['id']}").ok(200)["role_assignments"]
    assert [one["links"]["assignment"] for one in found] == [f"http://cloud.test:5000{path}"]
    assert ("OS-INHERIT:inherited_to" in found[0]["scope"]) == ("OS-INHERIT" in place)
    for client in (tenant.member, tenant.reader):
        for method in ("PUT", "GET", "DELETE"):
            assert client.call(method, path).status == 403, method
        assert not listed or client.get(above).status == 403
    for part in {"project", "user", "group", "role"} & set(place.replace("{", "}").split("}")):
        missing = place.format(**(known | {part: "nowhere"}))
        assert cloud.admin.put(missing).status == 404, missing
        assert tenant.member.put(missing).status == 403, missing
    assert cloud.admin.delete(path).status == 204
    assert cloud.admin.delete(path).status == 404
    assert not listed or role not in cloud.admin.get(above).ok(200)["roles"]


def test_an_inherited_role_holds_below_and_not_at_its_place(cloud: Cloud) -> None:
    tenant = cloud.project("reader")
    kid = cloud.admin.post("/v3/projects", {"project": {"name": f"kid-{tenant.id}", "parent_id": tenant.id}}).ok(201)
    member = named(cloud, "member")
    user = tenant.reader.user_id
    path = f"/v3/OS-INHERIT/projects/{tenant.id}/users/{user}/roles/{member}/inherited_to_projects"
    cloud.admin.put(path).ok(204)
    mine = tenant.reader.get("/v3/auth/projects").ok(200)["projects"]
    assert {one["id"] for one in mine} == {tenant.id, kid["project"]["id"]}

    def roles(project: str) -> list[str]:
        identity = {"methods": ["token"], "token": {"id": tenant.reader.token}}
        auth = {"identity": identity, "scope": {"project": {"id": project}}}
        answer = cloud.anonymous().post("/v3/auth/tokens", {"auth": auth})
        return [role["name"] for role in answer.ok(201)["token"]["roles"]]

    assert roles(tenant.id) == ["reader"]
    assert roles(kid["project"]["id"]) == ["member", "reader"]


def test_a_taken_role_is_gone_at_the_next_request(cloud: Cloud) -> None:
    tenant = cloud.project("member")
    path = f"/v3/projects/{tenant.id}/users/{tenant.member.user_id}/roles/{named(cloud, 'member')}"
    tenant.member.get(f"/v3/projects/{tenant.id}").ok(200)
    cloud.admin.delete(path).ok(204)
    assert tenant.member.get(f"/v3/projects/{tenant.id}").status == 401
    cloud.admin.put(path).ok(204)
    tenant.member.get(f"/v3/projects/{tenant.id}").ok(200)


def assignments(cloud: Cloud, query: str) -> list[dict[str, Any]]:
    """What a list of assignments shows."""
    return cloud.admin.get(f"/v3/role_assignments?{query}").ok(200)["role_assignments"]


def test_effective_assignments_are_taken_apart(cloud: Cloud) -> None:
    tenant = cloud.project("reader")
    kid = cloud.admin.post("/v3/projects", {"project": {"name": f"apart-{tenant.id}", "parent_id": tenant.id}}).ok(201)
    kid_id, user = kid["project"]["id"], tenant.reader.user_id
    group = cloud.admin.post("/v3/groups", {"group": {"name": f"apart-{tenant.id}"}}).ok(201)["group"]["id"]
    cloud.admin.put(f"/v3/groups/{group}/users/{user}").ok(204)
    member = named(cloud, "member")
    below = f"/v3/OS-INHERIT/projects/{tenant.id}/groups/{group}/roles/{member}/inherited_to_projects"
    cloud.admin.put(below).ok(204)
    direct = assignments(cloud, f"user.id={user}")
    assert [one["scope"] for one in direct] == [{"project": {"id": tenant.id}}]
    (given,) = assignments(cloud, f"group.id={group}")
    assert given["scope"] == {"project": {"id": tenant.id}, "OS-INHERIT:inherited_to": "projects"}
    assert assignments(cloud, f"user.id={user}&scope.project.id={kid_id}") == []
    names = assignments(cloud, f"user.id={user}&effective&include_names&scope.project.id={kid_id}")
    assert [(one["role"]["name"], one["scope"]["project"]["name"]) for one in names] == [
        ("member", f"apart-{tenant.id}"),
        ("reader", f"apart-{tenant.id}"),
    ]
    links = names[1]["links"]
    assert links["assignment"] == f"http://cloud.test:5000{below}"
    assert links["membership"] == f"http://cloud.test:5000/v3/groups/{group}/users/{user}"
    assert links["prior_role"].endswith(f"/v3/prior_role/{named(cloud, 'reader')}/implies/{member}")
    assert names[0]["user"]["domain"] == {"id": "default", "name": "Default"}
    tree = assignments(cloud, f"scope.project.id={tenant.id}&include_subtree&effective")
    assert {one["scope"]["project"]["id"] for one in tree} == {tenant.id, kid_id}
    only = assignments(cloud, f"user.id={user}&effective&role.id={member}")
    assert [one["scope"]["project"]["id"] for one in only] == [kid_id]
    inherited = assignments(cloud, "scope.OS-INHERIT:inherited_to=projects")
    assert given in inherited
    assert all("OS-INHERIT:inherited_to" in one["scope"] for one in inherited)


def test_assignments_on_the_system(cloud: Cloud) -> None:
    found = assignments(cloud, "scope.system=all&include_names")
    assert [(one["user"]["name"], one["role"]["name"], one["scope"]) for one in found] == [
        ("admin", "admin", {"system": {"all": True}})
    ]


def test_contradictions_are_refused(cloud: Cloud) -> None:
    for query in (
        "scope.project.id=a&scope.domain.id=b",
        "effective&group.id=a",
        "user.id=a&group.id=b",
        "include_subtree",
        "effective&scope.domain.id=a&scope.OS-INHERIT:inherited_to=projects",
    ):
        assert cloud.admin.get(f"/v3/role_assignments?{query}").status == 400, query


def test_a_reader_of_the_system_sees_all_and_changes_nothing(cloud: Cloud) -> None:
    body = {"user": {"name": "auditor", "password": PASSWORD, "domain_id": "default"}}
    user = cloud.admin.post("/v3/users", body).ok(201)["user"]["id"]
    cloud.admin.put(f"/v3/system/users/{user}/roles/{named(cloud, 'reader')}").ok(204)
    auditor = cloud.login("auditor", PASSWORD, system=True)
    for path in ("users", "projects", "domains", "groups", "roles", "role_assignments", "services", "endpoints"):
        assert auditor.get(f"/v3/{path}").status == 200, path
    assert auditor.get("/v3/auth/system").ok(200)["system"] == [{"all": True}]
    assert auditor.post("/v3/roles", {"role": {"name": "x"}}).status == 403
    assert auditor.delete(f"/v3/users/{user}").status == 403
