"""Application credentials: what their tokens may do, and what not."""

from typing import Any

import pytest

from tests.cloud import Client, Cloud, Response, Tenant


@pytest.fixture
def tenant(cloud: Cloud) -> Tenant:
    return cloud.project("member", "reader", "manager")


def make(client: Client, name: str = "one", **more: Any) -> dict[str, Any]:
    """A new application credential of the client's user."""
    path = f"/v3/users/{client.user_id}/application_credentials"
    return client.post(path, {"application_credential": {"name": name} | more}).ok(201)["application_credential"]


def log_in(cloud: Cloud, credential: dict[str, Any], **more: Any) -> Response:
    """A login with an application credential."""
    method = {"id": credential["id"], "secret": credential.get("secret")}
    auth = {"identity": {"methods": ["application_credential"], "application_credential": method}} | more
    return cloud.anonymous().post("/v3/auth/tokens", {"auth": auth})


def client_of(cloud: Cloud, credential: dict[str, Any]) -> Client:
    """A client with a token made by an application credential."""
    answer = log_in(cloud, credential)
    return Client(cloud, answer.headers["x-subject-token"], answer.ok(201)["token"])


def test_a_credential_is_made_shown_and_deleted(cloud: Cloud, tenant: Tenant) -> None:
    made = make(tenant.member, description="of")
    path = f"/v3/users/{tenant.member.user_id}/application_credentials"
    assert list(made) == [
        *("id", "name", "description", "user_id", "project_id", "system", "expires_at", "unrestricted", "roles"),
        *("secret", "links"),
    ]
    assert [role["name"] for role in made["roles"]] == ["member", "reader"]
    assert len(made["secret"]) > 60
    shown = {key: value for key, value in made.items() if key != "secret"}
    assert tenant.member.get(f"{path}/{made['id']}").ok(200)["application_credential"] == shown
    assert tenant.member.get(f"{path}?name=one").ok(200)["application_credentials"] == [shown]
    assert tenant.member.get(f"{path}?name=two").ok(200)["application_credentials"] == []
    again = tenant.member.post(path, {"application_credential": {"name": "one"}})
    assert again.status == 409
    tenant.member.delete(f"{path}/{made['id']}").ok(204)
    assert tenant.member.get(f"{path}/{made['id']}").status == 404
    assert log_in(cloud, made).status == 404


def test_its_tokens_have_its_project_and_roles_and_end_with_it(cloud: Cloud, tenant: Tenant) -> None:
    made = make(tenant.member, roles=[{"name": "reader"}])
    client = client_of(cloud, made)
    assert client.project_id == tenant.id
    assert [role["name"] for role in client.said["roles"]] == ["reader"]
    assert client.said["methods"] == ["application_credential"]
    assert client.said["application_credential"] == {"id": made["id"], "name": "one", "restricted": True}
    client.get(f"/v3/projects/{tenant.id}").ok(200)
    tenant.member.delete(f"/v3/users/{tenant.member.user_id}/application_credentials/{made['id']}").ok(204)
    assert client.get(f"/v3/projects/{tenant.id}").status == 401


def test_it_is_found_by_name_and_user(cloud: Cloud, tenant: Tenant) -> None:
    made = make(tenant.member, secret="chosen")
    assert made["secret"] == "chosen"
    method = {"name": "one", "secret": "chosen", "user": {"id": tenant.member.user_id}}
    identity = {"methods": ["application_credential"], "application_credential": method}
    assert cloud.anonymous().post("/v3/auth/tokens", {"auth": {"identity": identity}}).status == 201
    method["secret"] = "wrong"
    assert cloud.anonymous().post("/v3/auth/tokens", {"auth": {"identity": identity}}).status == 401
    method["user"] = {"id": tenant.reader.user_id}
    assert cloud.anonymous().post("/v3/auth/tokens", {"auth": {"identity": identity}}).status == 401


def test_it_ends_on_time_and_its_tokens_with_it(cloud: Cloud, tenant: Tenant) -> None:
    path = f"/v3/users/{tenant.member.user_id}/application_credentials"
    for when in ("2001-01-01T00:00:00Z", "tomorrow"):
        body = {"application_credential": {"name": "late", "expires_at": when}}
        assert tenant.member.post(path, body).status == 400
    made = make(tenant.member, expires_at="2099-01-01T00:00:00")
    assert made["expires_at"] == "2099-01-01T00:00:00.000000"


def test_no_role_is_given_that_its_maker_has_not_got(cloud: Cloud, tenant: Tenant) -> None:
    path = f"/v3/users/{tenant.reader.user_id}/application_credentials"
    admin = cloud.admin.get("/v3/roles?name=admin").ok(200)["roles"][0]["id"]
    for role, status in (({"name": "member"}, 400), ({"id": admin}, 400), ({"name": "nonesuch"}, 404)):
        body = {"application_credential": {"name": "more", "roles": [role]}}
        assert tenant.reader.post(path, body).status == status, role
    assert tenant.reader.get(path).ok(200)["application_credentials"] == []


def test_it_is_void_when_its_user_has_lost_a_role_of_it(cloud: Cloud, tenant: Tenant) -> None:
    made = make(tenant.member)
    client = client_of(cloud, made)
    member = cloud.admin.get("/v3/roles?name=member").ok(200)["roles"][0]["id"]
    reader = cloud.admin.get("/v3/roles?name=reader").ok(200)["roles"][0]["id"]
    place = f"/v3/projects/{tenant.id}/users/{tenant.member.user_id}/roles"
    cloud.admin.put(f"{place}/{reader}").ok(204)
    cloud.admin.delete(f"{place}/{member}").ok(204)
    assert client.get("/v3/auth/projects").status == 401
    assert log_in(cloud, made).status == 401


def test_its_tokens_ask_for_no_scope_and_make_no_further_tokens(cloud: Cloud, tenant: Tenant) -> None:
    made = make(tenant.member)
    scoped = log_in(cloud, made, scope={"project": {"id": tenant.id}})
    assert scoped.status == 401
    assert "cannot request a scope" in scoped.json["error"]["message"]
    token = client_of(cloud, made).token
    identity = {"methods": ["token"], "token": {"id": token}}
    assert cloud.anonymous().post("/v3/auth/tokens", {"auth": {"identity": identity}}).status == 401


def test_only_an_unrestricted_one_manages_others(cloud: Cloud, tenant: Tenant) -> None:
    path = f"/v3/users/{tenant.member.user_id}/application_credentials"
    restricted = make(tenant.member, "restricted")
    client = client_of(cloud, restricted)
    assert client.post(path, {"application_credential": {"name": "x"}}).status == 403
    assert client.delete(f"{path}/{restricted['id']}").status == 403
    client.get(path).ok(200)
    free = client_of(cloud, make(tenant.member, "free", unrestricted=True))
    assert free.post(path, {"application_credential": {"name": "x"}}).status == 201
    assert free.delete(f"{path}/{restricted['id']}").status == 204


def test_access_rules_are_all_that_its_tokens_may(cloud: Cloud, tenant: Tenant) -> None:
    rules = [
        {"service": "identity", "method": "GET", "path": "/v3/projects/*"},
        {"service": "identity", "method": "GET", "path": "/v3/auth/**"},
        {"service": "identity", "method": "GET", "path": "/v3/users/{user_id}/projects"},
    ]
    made = make(tenant.member, access_rules=rules)
    assert [{key: one[key] for key in ("service", "method", "path")} for one in made["access_rules"]] == rules
    client = client_of(cloud, made)
    client.get(f"/v3/projects/{tenant.id}").ok(200)
    client.get("/v3/auth/projects").ok(200)
    client.get(f"/v3/users/{client.user_id}/projects").ok(200)
    for path in (f"/v3/projects/{tenant.id}/tags", f"/v3/users/{client.user_id}", "/v3/regions", "/image/v2/images"):
        assert client.get(path).status == 401, path
    assert client.delete(f"/v3/projects/{tenant.id}").status == 401


def test_access_rules_are_kept_used_again_and_deleted_when_free(cloud: Cloud, tenant: Tenant) -> None:
    rule = {"service": "compute", "method": "GET", "path": "/v2.1/servers"}
    first, second = make(tenant.member, "one", access_rules=[rule]), make(tenant.member, "two", access_rules=[rule])
    id = first["access_rules"][0]["id"]
    assert second["access_rules"] == first["access_rules"]
    make(tenant.member, "three", access_rules=[{"id": id}])
    own = f"/v3/users/{tenant.member.user_id}/access_rules"
    (kept,) = tenant.member.get(own).ok(200)["access_rules"]
    assert kept == rule | {"id": id, "links": {"self": f"http://cloud.test:5000/v3/access_rules/{id}"}}
    assert tenant.member.get(f"{own}/{id}").ok(200)["access_rule"] == kept
    assert tenant.member.delete(f"{own}/{id}").status == 403
    path = f"/v3/users/{tenant.member.user_id}/application_credentials"
    for one in tenant.member.get(path).ok(200)["application_credentials"]:
        tenant.member.delete(f"{path}/{one['id']}").ok(204)
    assert tenant.reader.delete(f"{own}/{id}").status == 403
    assert tenant.member.delete(f"{own}/{id}").status == 204
    assert tenant.member.get(f"{own}/{id}").status == 404
    bad = {"application_credential": {"name": "x", "access_rules": [{"id": id}]}}
    assert tenant.member.post(path, bad).status == 404


def test_nobody_makes_or_takes_those_of_others(cloud: Cloud, tenant: Tenant) -> None:
    made = make(tenant.member)
    path = f"/v3/users/{tenant.member.user_id}/application_credentials"
    for client in (tenant.reader, tenant.manager):
        assert client.get(path).status == 403
        assert client.get(f"{path}/{made['id']}").status == 403
        assert client.delete(f"{path}/{made['id']}").status == 403
        assert client.post(path, {"application_credential": {"name": "x"}}).status == 403
    assert cloud.admin.post(path, {"application_credential": {"name": "x"}}).status == 403
    cloud.admin.get(f"{path}/{made['id']}").ok(200)
    cloud.admin.delete(f"{path}/{made['id']}").ok(204)
