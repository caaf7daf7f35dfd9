"""Logging in, what a token is good for, and when it ends."""

from typing import Any

import pytest

from gureum.identity.service import tokens
from gureum.kernel import clock
from tests.cloud import PASSWORD, Client, Cloud, Response, Tenant


@pytest.fixture(scope="module")
def tenant(cloud: Cloud) -> Tenant:
    return cloud.project(passwords=True)


def log_in(cloud: Cloud, user: str, password: str, scope: Any = None) -> Response:
    """A login by name."""
    named = {"name": user, "domain": {"id": "default"}, "password": password}
    auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": named}}}
    if scope is not None:
        auth["scope"] = scope
    return cloud.anonymous().post("/v3/auth/tokens", {"auth": auth})


def exchange(cloud: Cloud, token: str | None, scope: Any = None) -> Response:
    """A login by token."""
    auth: dict[str, Any] = {"identity": {"methods": ["token"], "token": {"id": token}}}
    if scope is not None:
        auth["scope"] = scope
    return cloud.anonymous().post("/v3/auth/tokens", {"auth": auth})


def client_of(cloud: Cloud, answer: Response) -> Client:
    """A client with the token of a login."""
    return Client(cloud, answer.headers["x-subject-token"], answer.ok(201)["token"])


def test_scopes(cloud: Cloud) -> None:
    project = log_in(cloud, "admin", PASSWORD, {"project": {"name": "admin", "domain": {"name": "Default"}}}).ok(201)[
        "token"
    ]
    assert list(project) == [
        *("methods", "user", "audit_ids", "expires_at", "issued_at", "project", "is_domain", "roles", "catalog")
    ]
    assert project["user"] == {
        "domain": {"id": "default", "name": "Default"},
        "id": cloud.admin.user_id,
        "name": "admin",
        "password_expires_at": None,
    }
    assert project["project"]["domain"] == {"id": "default", "name": "Default"}
    assert [role["name"] for role in project["roles"]] == ["admin", "manager", "member", "reader"]
    system = log_in(cloud, "admin", PASSWORD, {"system": {"all": True}}).ok(201)["token"]
    assert system["system"] == {"all": True}
    assert "project" not in system
    for scope in (None, "unscoped", {"unscoped": {}}):
        unscoped = log_in(cloud, "admin", PASSWORD, scope).ok(201)["token"]
        assert not {"project", "domain", "system", "roles", "catalog"} & set(unscoped), scope
    role = cloud.admin.get("/v3/roles?name=reader").ok(200)["roles"][0]["id"]
    assert log_in(cloud, "admin", PASSWORD, {"domain": {"id": "default"}}).status == 401
    cloud.admin.put(f"/v3/domains/default/users/{cloud.admin.user_id}/roles/{role}").ok(204)
    domain = log_in(cloud, "admin", PASSWORD, {"domain": {"name": "Default"}}).ok(201)["token"]
    assert domain["domain"] == {"id": "default", "name": "Default"}
    assert [role["name"] for role in domain["roles"]] == ["reader"]


def test_everything_wrong_is_answered_alike(cloud: Cloud, tenant: Tenant) -> None:
    member = cloud.admin.get(f"/v3/users/{tenant.member.user_id}").ok(200)["user"]["name"]
    answers = [
        log_in(cloud, "admin", "wrong"),
        log_in(cloud, "admin", ""),
        log_in(cloud, "nobody", PASSWORD),
        log_in(cloud, "admin", "x" * 5000),
        log_in(cloud, member, PASSWORD, {"project": {"name": "admin", "domain": {"id": "default"}}}),
        log_in(cloud, member, PASSWORD, {"project": {"id": "nowhere"}}),
        log_in(cloud, member, PASSWORD, {"domain": {"id": "nowhere"}}),
        log_in(cloud, member, PASSWORD, {"system": {"all": True}}),
        log_in(cloud, member, PASSWORD, {"system": {}}),
    ]
    assert [answer.status for answer in answers] == [401] * len(answers)
    assert {answer.body for answer in answers} == {answers[0].body}
    assert answers[0].headers["www-authenticate"].startswith("Keystone uri=")


def test_a_token_is_exchanged_for_another_scope_and_keeps_its_end(cloud: Cloud, tenant: Tenant) -> None:
    name = cloud.admin.get(f"/v3/users/{tenant.member.user_id}").ok(200)["user"]["name"]
    first = client_of(cloud, log_in(cloud, name, PASSWORD))
    second = client_of(cloud, exchange(cloud, first.token, {"project": {"id": tenant.id}}))
    assert second.said["methods"] == ["token", "password"]
    assert second.said["expires_at"] == first.said["expires_at"]
    assert second.said["audit_ids"][1] == first.said["audit_ids"][0]
    assert second.project_id == tenant.id
    assert exchange(cloud, second.token, {"system": {"all": True}}).status == 401
    assert exchange(cloud, "bogus").status == 404


def test_two_methods_must_prove_the_same_user(cloud: Cloud, tenant: Tenant) -> None:
    password = {"user": {"name": "admin", "domain": {"id": "default"}, "password": PASSWORD}}
    identity = {"methods": ["password", "token"], "password": password, "token": {"id": tenant.member.token}}
    assert cloud.anonymous().post("/v3/auth/tokens", {"auth": {"identity": identity}}).status == 401
    identity["token"] = {"id": cloud.admin.token}
    methods = cloud.anonymous().post("/v3/auth/tokens", {"auth": {"identity": identity}}).ok(201)["token"]["methods"]
    assert set(methods) == {"password", "token"}


def test_rules_about_factors_are_kept(cloud: Cloud) -> None:
    options = {"multi_factor_auth_rules": [["password", "totp"]]}
    body = {"user": {"name": "careful", "password": PASSWORD, "domain_id": "default", "options": options}}
    user = cloud.admin.post("/v3/users", body).ok(201)["user"]
    assert user["options"] == options
    assert log_in(cloud, "careful", PASSWORD).status == 401
    off = {"user": {"options": {"multi_factor_auth_enabled": False}}}
    cloud.admin.patch(f"/v3/users/{user['id']}", off).ok(200)
    assert log_in(cloud, "careful", PASSWORD).status == 201


def test_validation(cloud: Cloud, tenant: Tenant) -> None:
    subject = {"x-subject-token": tenant.member.token or ""}
    for client in (cloud.admin, tenant.member):
        answer = client.get("/v3/auth/tokens", headers=subject)
        assert answer.ok(200)["token"] == tenant.member.said
        assert answer.headers["x-subject-token"] == tenant.member.token
        assert client.call("HEAD", "/v3/auth/tokens", headers=subject).status == 200
        assert "catalog" not in client.get("/v3/auth/tokens?nocatalog", headers=subject).ok(200)["token"]
    for method in ("GET", "HEAD", "DELETE"):
        assert tenant.reader.call(method, "/v3/auth/tokens", headers=subject).status == 403, method
    assert cloud.admin.get("/v3/auth/tokens").json["error"]["message"] == "No token in the request"
    bogus = cloud.admin.get("/v3/auth/tokens", headers={"x-subject-token": "bogus"})
    assert (bogus.status, bogus.json["error"]["message"]) == (404, "Could not recognize Fernet token")
    assert cloud.anonymous().get("/v3/auth/tokens", headers=subject).status == 401


def test_a_revoked_token_and_those_made_from_it_fail_at_the_next_request(cloud: Cloud) -> None:
    client = cloud.login("admin", PASSWORD)
    made = client_of(cloud, exchange(cloud, client.token, {"system": {"all": True}}))
    other = cloud.login("admin", PASSWORD, "admin")
    for one in (client, made, other):
        one.get("/v3/auth/catalog").ok(200)
    client.delete("/v3/auth/tokens", headers={"x-subject-token": client.token or ""}).ok(204)
    assert client.get("/v3/auth/catalog").status == 401
    assert made.get("/v3/auth/catalog").status == 401
    other.get("/v3/auth/catalog").ok(200)
    assert exchange(cloud, client.token).status == 404
    again = other.delete("/v3/auth/tokens", headers={"x-subject-token": client.token or ""})
    assert (again.status, again.json["error"]["message"]) == (404, "Failed to validate token")


def test_a_garbage_token_is_401(cloud: Cloud) -> None:
    token = cloud.admin.token or ""
    for bad in ("x", "gAAAAABbogus", "ü" * 10, "A" * 5000, token[:-1], token[:-4] + "AAAA", token + "A", " "):
        answer = cloud.anonymous().get("/v3/auth/catalog", headers={"x-auth-token": bad})
        assert answer.status == 401, bad


def test_a_token_ends_on_time(cloud: Cloud) -> None:
    client = cloud.login("admin", PASSWORD, "admin")
    client.get("/v3/auth/catalog").ok(200)
    try:
        clock.clock.offset = 3601
        assert client.get("/v3/auth/catalog").status == 401
        assert exchange(cloud, client.token).status == 404
    finally:
        clock.clock.offset = 0
    client.get("/v3/auth/catalog").ok(200)


def test_keys_rotate_and_the_old_ones_open_for_a_while(cloud: Cloud) -> None:
    client = cloud.login("admin", PASSWORD, "admin")
    cloud.write(lambda tx: tokens.rotate_keys(tx, keep_for=clock.seconds(3600)))
    client.get("/v3/auth/catalog").ok(200)
    younger = cloud.login("admin", PASSWORD, "admin")
    cloud.write(lambda tx: tokens.rotate_keys(tx, keep_for=-clock.seconds(1)))
    assert client.get("/v3/auth/catalog").status == 401
    assert younger.get("/v3/auth/catalog").status == 401
    cloud.admin = cloud.login("admin", PASSWORD, "admin")


def test_what_a_write_that_failed_saw_is_not_remembered(cloud: Cloud) -> None:
    client = cloud.login("admin", PASSWORD, "admin")

    def fails(tx: Any) -> None:
        tokens.revoke(tx, tokens.validate(tx, client.token or ""))
        with pytest.raises(Exception, match="validate"):
            tokens.validate(tx, client.token or "")
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError):
        cloud.write(fails)
    client.get("/v3/auth/catalog").ok(200)
    cloud.admin.post("/v3/roles", {"role": {"name": "another epoch"}}).ok(201)
    client.get("/v3/auth/catalog").ok(200)


def test_what_one_may_log_in_to(cloud: Cloud) -> None:
    tenant = cloud.project("member", passwords=True)
    mine = tenant.member.get("/v3/auth/projects").ok(200)
    assert [one["id"] for one in mine["projects"]] == [tenant.id]
    assert tenant.member.get("/v3/auth/domains").ok(200)["domains"] == []
    assert tenant.member.get("/v3/auth/system").ok(200) == {
        "system": [],
        "links": {"self": "http://cloud.test:5000/v3/auth/system"},
    }
    for path in ("projects", "domains", "system", "catalog"):
        assert cloud.anonymous().get(f"/v3/auth/{path}").status == 401
