"""Projects: their life, their tags, and how they lie below each other."""

from typing import Any

import pytest

from tests.cloud import Client, Cloud, Tenant


@pytest.fixture(scope="module")
def tenant(cloud: Cloud) -> Tenant:
    return cloud.project("member", "reader", "manager")


def make(client: Client, name: str, **more: Any) -> dict[str, Any]:
    """A new project."""
    return client.post("/v3/projects", {"project": {"name": name} | more}).ok(201)["project"]


def test_a_project_is_made_shown_changed_and_deleted(cloud: Cloud) -> None:
    made = make(cloud.admin, "life", description="of", tags=["a"], colour="blue")
    assert made == {
        "colour": "blue",
        "id": made["id"],
        "name": "life",
        "domain_id": "default",
        "description": "of",
        "enabled": True,
        "parent_id": "default",
        "is_domain": False,
        "tags": ["a"],
        "options": {},
        "links": {"self": f"http://cloud.test:5000/v3/projects/{made['id']}"},
    }
    path = f"/v3/projects/{made['id']}"
    assert cloud.admin.get(path).ok(200)["project"] == made
    changed = cloud.admin.patch(path, {"project": {"name": "lives", "description": None}}).ok(200)["project"]
    assert changed == made | {"name": "lives", "description": "", "extra": {"colour": "blue"}}
    assert cloud.admin.patch(path, {"project": {}}).ok(200)["project"] == changed
    cloud.admin.delete(path).ok(204)
    assert cloud.admin.get(path).status == 404
    assert cloud.admin.delete(path).status == 404


def test_lists_are_filtered(cloud: Cloud) -> None:
    top = make(cloud.admin, "filter-top", tags=["red", "blue"])
    make(cloud.admin, "filter-kid", parent_id=top["id"], enabled=False, tags=["red"])
    make(cloud.admin, "filter-plain")

    def names(query: str) -> list[str]:
        found = cloud.admin.get(f"/v3/projects?name__startswith=filter&{query}").ok(200)["projects"]
        return sorted(one["name"] for one in found)

    assert names(f"parent_id={top['id']}") == ["filter-kid"]
    assert names("enabled=False") == ["filter-kid"]
    assert names("tags=red") == ["filter-kid", "filter-top"]
    assert names("tags=red,blue") == ["filter-top"]
    assert names("tags=RED") == []
    assert names("tags-any=blue,green") == ["filter-top"]
    assert names("not-tags=red,blue") == ["filter-kid", "filter-plain"]
    assert names("not-tags-any=red,blue") == ["filter-plain"]
    assert names("is_domain=true") == []
    domains = cloud.admin.get("/v3/projects?is_domain=true").ok(200)["projects"]
    assert [(one["id"], one["domain_id"], one["is_domain"]) for one in domains] == [("default", None, True)]


def test_projects_lie_below_each_other(cloud: Cloud) -> None:
    top = make(cloud.admin, "tree-top")
    middle = make(cloud.admin, "tree-middle", parent_id=top["id"])
    leaf = make(cloud.admin, "tree-leaf", parent_id=middle["id"])
    assert (middle["parent_id"], middle["domain_id"]) == (top["id"], "default")

    def show(one: dict[str, Any], query: str) -> dict[str, Any]:
        return cloud.admin.get(f"/v3/projects/{one['id']}?{query}").ok(200)["project"]

    assert show(leaf, "parents_as_ids")["parents"] == {middle["id"]: {top["id"]: {"default": None}}}
    assert show(top, "subtree_as_ids")["subtree"] == {middle["id"]: {leaf["id"]: None}}
    assert show(leaf, "subtree_as_ids")["subtree"] is None
    assert show(leaf, "parents_as_list")["parents"] == []
    role = cloud.admin.get("/v3/roles?name=member").ok(200)["roles"][0]["id"]
    cloud.admin.put(f"/v3/projects/{middle['id']}/users/{cloud.admin.user_id}/roles/{role}").ok(204)
    assert [one["project"]["id"] for one in show(leaf, "parents_as_list")["parents"]] == [middle["id"]]
    assert [one["project"]["id"] for one in show(top, "subtree_as_list")["subtree"]] == [middle["id"]]
    both = cloud.admin.get(f"/v3/projects/{leaf['id']}?parents_as_list&parents_as_ids")
    assert both.status == 400
    assert cloud.admin.delete(f"/v3/projects/{middle['id']}").status == 403
    assert cloud.admin.patch(f"/v3/projects/{top['id']}", {"project": {"enabled": False}}).status == 403
    move = cloud.admin.patch(f"/v3/projects/{leaf['id']}", {"project": {"parent_id": top["id"]}})
    assert move.status == 403
    for one in (leaf, middle, top):
        cloud.admin.patch(f"/v3/projects/{one['id']}", {"project": {"enabled": False}}).ok(200)
    assert cloud.admin.patch(f"/v3/projects/{leaf['id']}", {"project": {"enabled": True}}).status == 403
    below = cloud.admin.post("/v3/projects", {"project": {"name": "below-off", "parent_id": top["id"]}})
    assert below.status == 403


def test_a_branch_is_five_projects_deep(cloud: Cloud) -> None:
    parent = make(cloud.admin, "deep-1")["id"]
    for level in range(2, 6):
        parent = make(cloud.admin, f"deep-{level}", parent_id=parent)["id"]
    answer = cloud.admin.post("/v3/projects", {"project": {"name": "deep-6", "parent_id": parent}})
    assert answer.status == 403
    assert answer.json["error"]["message"] == f"Max hierarchy depth reached for {parent} branch."


def test_what_is_wrong_changes_nothing(cloud: Cloud) -> None:
    made = make(cloud.admin, "steady")
    make(cloud.admin, "taken")
    path = f"/v3/projects/{made['id']}"
    for body, status in (
        ({"name": "taken"}, 409),
        ({"domain_id": "other"}, 400),
        ({"id": "other"}, 400),
        ({"is_domain": True}, 400),
        ({"tags": ["a,b"]}, 400),
        ({"tags": ["a", "a"]}, 400),
        ({"name": ""}, 400),
    ):
        assert cloud.admin.patch(path, {"project": body}).status == status, body
    assert cloud.admin.get(path).ok(200)["project"] == made
    assert cloud.admin.post("/v3/projects", {"project": {"name": "x", "domain_id": "nowhere"}}).status == 400
    assert cloud.admin.post("/v3/projects", {"project": {"name": "x", "parent_id": "nowhere"}}).status == 400


def test_an_immutable_project_stays(cloud: Cloud) -> None:
    made = make(cloud.admin, "stone", options={"immutable": True})
    path = f"/v3/projects/{made['id']}"
    assert cloud.admin.patch(path, {"project": {"name": "sand"}}).status == 403
    assert cloud.admin.delete(path).status == 403
    assert cloud.admin.patch(path, {"project": {"options": {"immutable": None}}}).ok(200)["project"]["options"] == {}
    cloud.admin.delete(path).ok(204)


def test_tags(cloud: Cloud, tenant: Tenant) -> None:
    path = f"/v3/projects/{tenant.id}/tags"
    assert cloud.admin.put(f"{path}/blue").status == 201
    assert cloud.admin.put(f"{path}/red").status == 201
    assert tenant.reader.get(path).ok(200)["tags"] == ["blue", "red"]
    assert tenant.reader.get(f"{path}/blue").status == 204
    assert tenant.reader.get(f"{path}/green").status == 404
    assert tenant.member.put(f"{path}/green").status == 403
    assert cloud.admin.put(f"{path}/{'x' * 256}").status == 400
    assert cloud.admin.delete(f"{path}/blue").status == 204
    assert cloud.admin.delete(f"{path}/blue").status == 404
    assert cloud.admin.put(path, {"tags": ["a", "b"]}).ok(200)["tags"] == ["a", "b"]
    assert cloud.admin.put(path, {"tags": [str(number) for number in range(81)]}).status == 400
    assert cloud.admin.delete(path).status == 204
    assert tenant.reader.get(path).ok(200)["tags"] == []


def test_members_see_their_own_project_only(cloud: Cloud, tenant: Tenant) -> None:
    other = make(cloud.admin, "private")
    for client in (tenant.member, tenant.reader, tenant.manager):
        assert client.get(f"/v3/projects/{tenant.id}").status == 200
        for id in (other["id"], "nowhere"):
            assert client.get(f"/v3/projects/{id}").status == 403
            assert client.patch(f"/v3/projects/{id}", {"project": {"name": "x"}}).status == 403
            assert client.delete(f"/v3/projects/{id}").status == 403
        assert client.get("/v3/projects").status == 403
        assert client.post("/v3/projects", {"project": {"name": "mine"}}).status == 403
        mine = client.get(f"/v3/users/{client.user_id}/projects").ok(200)["projects"]
        assert [one["id"] for one in mine] == [tenant.id]
        assert client.get(f"/v3/users/{cloud.admin.user_id}/projects").status == 403


def test_a_disabled_or_deleted_project_has_no_tokens(cloud: Cloud) -> None:
    tenant = cloud.project("member")
    path = f"/v3/projects/{tenant.id}"
    cloud.admin.patch(path, {"project": {"enabled": False}}).ok(200)
    assert tenant.member.get("/v3/auth/projects").status == 401
    cloud.admin.patch(path, {"project": {"enabled": True}}).ok(200)
    assert [one["id"] for one in tenant.member.get("/v3/auth/projects").ok(200)["projects"]] == [tenant.id]
    cloud.admin.delete(path).ok(204)
    assert tenant.member.get("/v3/auth/projects").status == 401
    found = cloud.admin.get(f"/v3/role_assignments?scope.project.id={tenant.id}").ok(200)
    assert found["role_assignments"] == []
