"""Users."""

import pytest

from tests.cloud import PASSWORD, Client, Cloud, Tenant


@pytest.fixture(scope="module")
def tenant(cloud: Cloud) -> Tenant:
    return cloud.project(passwords=True)


def make(client: Client, name: str, **more: object) -> dict[str, object]:
    """A new user."""
    return client.post("/v3/users", {"user": {"name": name, "domain_id": "default"} | more}).ok(201)["user"]


def test_a_user_is_made_shown_changed_and_deleted(cloud: Cloud) -> None:
    made = make(cloud.admin, "life", password="one", email="a@b.c", favourite={"colour": "blue"})
    assert made == {
        "email": "a@b.c",
        "favourite": {"colour": "blue"},
        "id": made["id"],
        "name": "life",
        "domain_id": "default",
        "enabled": True,
        "password_expires_at": None,
        "options": {},
        "links": {"self": f"http://cloud.test:5000/v3/users/{made['id']}"},
    }
    path = f"/v3/users/{made['id']}"
    assert cloud.admin.get(path).ok(200)["user"] == made
    changed = cloud.admin.patch(path, {"user": {"name": "lives", "email": "d@e.f"}}).ok(200)["user"]
    assert changed == made | {
        "name": "lives",
        "email": "d@e.f",
        "extra": {"email": "d@e.f", "favourite": {"colour": "blue"}},
    }
    assert cloud.admin.delete(path).status == 204
    assert cloud.admin.get(path).status == 404
    assert cloud.admin.delete(path).status == 404


def test_lists_are_filtered_and_paged(cloud: Cloud) -> None:
    for number in range(3):
        make(cloud.admin, f"paged-{number}", enabled=number != 1)

    def names(query: str) -> list[str]:
        return [one["name"] for one in cloud.admin.get(f"/v3/users?{query}").ok(200)["users"]]

    assert names("name=paged-1") == ["paged-1"]
    assert sorted(names("name__startswith=paged-")) == ["paged-0", "paged-1", "paged-2"]
    assert names("name__contains=aged-2&domain_id=default") == ["paged-2"]
    assert names("name__startswith=paged-&enabled=false") == ["paged-1"]
    assert names("name=paged-1&domain_id=elsewhere") == []
    assert names("name__contains=%25") == []
    seen: list[str] = []
    answer = cloud.admin.get("/v3/users?name__startswith=paged-&limit=2").ok(200)
    while True:
        seen += [one["name"] for one in answer["users"]]
        if answer["links"]["next"] is None:
            break
        assert answer["truncated"] is True
        answer = cloud.admin.get(answer["links"]["next"].removeprefix("http://cloud.test:5000")).ok(200)
    assert sorted(seen) == ["paged-0", "paged-1", "paged-2"]
    assert cloud.admin.get("/v3/users?marker=nowhere").status == 404
    assert cloud.admin.get("/v3/users?limit=many").status == 400


def test_passwords_that_expire_are_found_by_when(cloud: Cloud) -> None:
    make(cloud.admin, "eternal", password="one")
    found = cloud.admin.get("/v3/users?name=eternal&password_expires_at=lt:2099-01-01T00:00:00Z").ok(200)["users"]
    assert found == []
    assert cloud.admin.get("/v3/users?password_expires_at=soon").status == 400


def test_what_is_wrong_changes_nothing(cloud: Cloud) -> None:
    made = make(cloud.admin, "steady", password="one")
    make(cloud.admin, "taken")
    path = f"/v3/users/{made['id']}"
    for body, status in (
        ({"name": "taken"}, 409),
        ({"domain_id": "other"}, 400),
        ({"id": "other"}, 400),
        ({"enabled": "perhaps"}, 400),
        ({"name": "x" * 256}, 400),
        ({"options": {"bogus": True}}, 400),
        ({}, 400),
    ):
        assert cloud.admin.patch(path, {"user": body}).status == status, body
    assert cloud.admin.get(path).ok(200)["user"] == made
    assert cloud.admin.post("/v3/users", {"user": {"name": "steady", "domain_id": "default"}}).status == 409
    assert cloud.admin.post("/v3/users", {"user": {"name": "x", "domain_id": "nowhere"}}).status == 404


def test_others_see_and_change_nothing_but_themselves(cloud: Cloud, tenant: Tenant) -> None:
    other = make(cloud.admin, "private", password="one")
    own = f"/v3/users/{tenant.member.user_id}"
    assert tenant.member.get(own).status == 200
    assert tenant.member.patch(own, {"user": {"email": "x"}}).status == 403
    for client in (tenant.member, tenant.reader):
        assert client.get(f"/v3/users/{other['id']}").status == 403
        assert client.get("/v3/users/nobody").status == 403
        assert client.get("/v3/users").status == 403
        assert client.delete(f"/v3/users/{other['id']}").status == 403
        assert client.post("/v3/users", {"user": {"name": "mine"}}).status == 403
    assert cloud.anonymous().get("/v3/users").status == 401


def test_disabling_voids_tokens_at_once_and_enabling_does_not_bring_them_back(cloud: Cloud) -> None:
    tenant = cloud.project("member", passwords=True)
    path = f"/v3/users/{tenant.member.user_id}"
    cloud.admin.patch(path, {"user": {"enabled": False}}).ok(200)
    assert tenant.member.get("/v3/auth/projects").status == 401
    cloud.admin.patch(path, {"user": {"enabled": True}}).ok(200)
    assert tenant.member.get("/v3/auth/projects").status == 401
    name = cloud.admin.get(path).ok(200)["user"]["name"]
    cloud.login(name, PASSWORD, tenant.name).get("/v3/auth/projects").ok(200)


def test_an_administrator_sets_a_password(cloud: Cloud) -> None:
    tenant = cloud.project("member", passwords=True)
    path = f"/v3/users/{tenant.member.user_id}"
    name = cloud.admin.get(path).ok(200)["user"]["name"]
    cloud.admin.patch(path, {"user": {"password": "fresh"}}).ok(200)
    assert tenant.member.get("/v3/auth/projects").status == 401
    cloud.login(name, "fresh", tenant.name)


def test_users_change_their_own_password_without_a_token(cloud: Cloud) -> None:
    tenant = cloud.project("member", passwords=True)
    path = f"/v3/users/{tenant.member.user_id}/password"
    name = cloud.admin.get(f"/v3/users/{tenant.member.user_id}").ok(200)["user"]["name"]
    anybody = cloud.anonymous()
    assert anybody.post(path, {"user": {"original_password": "wrong", "password": "new"}}).status == 401
    assert (
        anybody.post("/v3/users/nobody/password", {"user": {"original_password": "x", "password": "y"}}).status == 401
    )
    assert anybody.post(path, {"user": {"password": "new"}}).status == 400
    assert tenant.member.get("/v3/auth/projects").status == 200
    assert anybody.post(path, {"user": {"original_password": PASSWORD, "password": "new"}}).status == 204
    assert tenant.member.get("/v3/auth/projects").status == 401
    cloud.login(name, "new", tenant.name)


def test_a_locked_password_stays(cloud: Cloud) -> None:
    made = make(cloud.admin, "locked", password="one", options={"lock_password": True})
    body = {"user": {"original_password": "one", "password": "two"}}
    assert cloud.anonymous().post(f"/v3/users/{made['id']}/password", body).status == 403
    cloud.login("locked", "one")


def test_the_default_project_is_the_scope_of_a_login_without_one(cloud: Cloud) -> None:
    tenant = cloud.project("member", passwords=True)
    path = f"/v3/users/{tenant.member.user_id}"
    user = cloud.admin.patch(path, {"user": {"default_project_id": tenant.id}}).ok(200)["user"]
    assert user["default_project_id"] == tenant.id
    assert cloud.login(user["name"], PASSWORD).project_id == tenant.id
    cloud.admin.patch(path, {"user": {"default_project_id": "nowhere"}}).ok(200)
    assert "project" not in cloud.login(user["name"], PASSWORD).said
    assert cloud.admin.patch(path, {"user": {"default_project_id": "default"}}).status == 400


def test_a_deleted_user_leaves_no_role_and_no_token(cloud: Cloud) -> None:
    tenant = cloud.project("member", passwords=True)
    id = tenant.member.user_id
    cloud.admin.delete(f"/v3/users/{id}").ok(204)
    assert tenant.member.get("/v3/auth/projects").status == 401
    assert cloud.admin.get(f"/v3/role_assignments?user.id={id}").ok(200)["role_assignments"] == []


def test_passwords_are_kept_as_hashes_and_stay_out_of_the_journal(cloud: Cloud) -> None:
    made = make(cloud.admin, "secretive", password="very-secret-word")
    dump = cloud.read(lambda tx: [str(row) for row in tx.conn.exec_driver_sql("select * from journal")])
    assert any(str(made["id"]) in row for row in dump)
    assert not any("very-secret-word" in row or "$argon2" in row for row in dump)
