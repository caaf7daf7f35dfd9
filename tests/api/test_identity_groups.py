"""Groups, and who is in them."""

from typing import Any

from tests.cloud import Client, Cloud


def make(client: Client, name: str, **more: Any) -> dict[str, Any]:
    """A new group."""
    return client.post("/v3/groups", {"group": {"name": name} | more}).ok(201)["group"]


def test_a_group_is_made_shown_changed_and_deleted(cloud: Cloud) -> None:
    made = make(cloud.admin, "life", colour="blue")
    assert made == {
        "colour": "blue",
        "id": made["id"],
        "name": "life",
        "domain_id": "default",
        "description": "",
        "links": {"self": f"http://cloud.test:5000/v3/groups/{made['id']}"},
    }
    path = f"/v3/groups/{made['id']}"
    assert cloud.admin.get(path).ok(200)["group"] == made
    changed = cloud.admin.patch(path, {"group": {"name": "lives", "description": "new"}}).ok(200)["group"]
    assert changed == made | {"name": "lives", "description": "new"}
    assert cloud.admin.get("/v3/groups?name=lives").ok(200)["groups"] == [changed]
    cloud.admin.delete(path).ok(204)
    assert cloud.admin.get(path).status == 404


def test_what_is_wrong_changes_nothing(cloud: Cloud) -> None:
    made = make(cloud.admin, "steady")
    make(cloud.admin, "taken")
    path = f"/v3/groups/{made['id']}"
    for body, status in (({"name": "taken"}, 409), ({"domain_id": "x"}, 400), ({"id": "x"}, 400), ({}, 400)):
        assert cloud.admin.patch(path, {"group": body}).status == status, body
    assert cloud.admin.get(path).ok(200)["group"] == made
    assert cloud.admin.post("/v3/groups", {"group": {"name": "steady"}}).status == 409
    assert cloud.admin.post("/v3/groups", {"group": {"name": "x", "domain_id": "nowhere"}}).status == 404


def test_members_come_and_go(cloud: Cloud) -> None:
    tenant = cloud.project("member")
    user = tenant.member.user_id
    path = f"/v3/groups/{make(cloud.admin, 'club')['id']}/users"
    assert cloud.admin.get(f"{path}/{user}").status == 404
    for _ in range(2):
        assert cloud.admin.put(f"{path}/{user}").status == 204
    assert cloud.admin.get(f"{path}/{user}").status == 204
    assert cloud.admin.call("HEAD", f"{path}/{user}").status == 204
    assert [one["id"] for one in cloud.admin.get(path).ok(200)["users"]] == [user]
    (own,) = tenant.member.get(f"/v3/users/{user}/groups").ok(200)["groups"]
    assert own["membership_expires_at"] is None
    assert cloud.admin.put(f"{path}/nobody").status == 404
    assert cloud.admin.put(f"/v3/groups/nowhere/users/{user}").status == 404
    assert tenant.member.put(f"{path}/{user}").status == 403
    assert cloud.admin.delete(f"{path}/{user}").status == 204
    assert cloud.admin.delete(f"{path}/{user}").status == 404


def test_a_groups_role_is_its_members_as_long_as_they_are_in_it(cloud: Cloud) -> None:
    tenant, other = cloud.project("member"), cloud.project("member")
    user = tenant.member.user_id
    group = make(cloud.admin, "shared-roles")["id"]
    reader = cloud.admin.get("/v3/roles?name=reader").ok(200)["roles"][0]["id"]
    cloud.admin.put(f"/v3/projects/{other.id}/groups/{group}/roles/{reader}").ok(204)
    cloud.admin.put(f"/v3/groups/{group}/users/{user}").ok(204)
    assert {one["id"] for one in tenant.member.get("/v3/auth/projects").ok(200)["projects"]} == {tenant.id, other.id}
    identity = {"methods": ["token"], "token": {"id": tenant.member.token}}
    answer = cloud.anonymous().post(
        "/v3/auth/tokens", {"auth": {"identity": identity, "scope": {"project": {"id": other.id}}}}
    )
    assert [role["name"] for role in answer.ok(201)["token"]["roles"]] == ["reader"]
    token = Client(cloud, answer.headers["x-subject-token"])
    token.get("/v3/auth/projects").ok(200)
    cloud.admin.delete(f"/v3/groups/{group}").ok(204)
    assert token.get("/v3/auth/projects").status == 401
    assert [one["id"] for one in tenant.member.get("/v3/auth/projects").ok(200)["projects"]] == [tenant.id]


def test_others_see_no_groups(cloud: Cloud) -> None:
    tenant = cloud.project()
    group = make(cloud.admin, "private")["id"]
    for client in (tenant.member, tenant.reader):
        for id in (group, "nowhere"):
            assert client.get(f"/v3/groups/{id}").status == 403
            assert client.get(f"/v3/groups/{id}/users").status == 403
            assert client.patch(f"/v3/groups/{id}", {"group": {"name": "x"}}).status == 403
            assert client.delete(f"/v3/groups/{id}").status == 403
        assert client.get(f"/v3/users/{cloud.admin.user_id}/groups").status == 403
