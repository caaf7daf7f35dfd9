"""Domains: customers that do not see each other."""

from typing import Any

import pytest

from tests.cloud import PASSWORD, Client, Cloud


def make(client: Client, name: str, **more: Any) -> dict[str, Any]:
    """A new domain."""
    return client.post("/v3/domains", {"domain": {"name": name} | more}).ok(201)["domain"]


def role_id(cloud: Cloud, name: str) -> str:
    """The id of a role."""
    return cloud.admin.get(f"/v3/roles?name={name}").ok(200)["roles"][0]["id"]


class Customer:
    """A domain with a manager and a reader of its own, each with a token for it."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        self.id = make(cloud.admin, name)["id"]
        self.clients: dict[str, Client] = {}
        for role in ("manager", "reader"):
            body = {"user": {"name": role, "password": PASSWORD, "domain_id": self.id}}
            user = cloud.admin.post("/v3/users", body).ok(201)["user"]
            path = f"/v3/domains/{self.id}/users/{user['id']}/roles/{role_id(cloud, role)}"
            cloud.admin.put(path).ok(204)
            self.clients[role] = self.login(cloud, role)

    def login(self, cloud: Cloud, user: str) -> Client:
        """A client with a token for the domain."""
        password = {"user": {"name": user, "domain": {"id": self.id}, "password": PASSWORD}}
        identity = {"methods": ["password"], "password": password}
        auth = {"identity": identity, "scope": {"domain": {"id": self.id}}}
        answer = cloud.anonymous().post("/v3/auth/tokens", {"auth": auth})
        return Client(cloud, answer.headers["x-subject-token"], answer.ok(201)["token"])


@pytest.fixture(scope="module")
def one(cloud: Cloud) -> Customer:
    return Customer(cloud, "customer-one")


@pytest.fixture(scope="module")
def two(cloud: Cloud) -> Customer:
    return Customer(cloud, "customer-two")


def test_a_domain_is_made_shown_changed_and_deleted(cloud: Cloud) -> None:
    made = make(cloud.admin, "life", description="of")
    assert made == {
        "id": made["id"],
        "name": "life",
        "description": "of",
        "enabled": True,
        "tags": [],
        "options": {},
        "links": {"self": f"http://cloud.test:5000/v3/domains/{made['id']}"},
    }
    path = f"/v3/domains/{made['id']}"
    assert cloud.admin.get(path).ok(200)["domain"] == made
    assert cloud.admin.delete(path).status == 403
    changed = cloud.admin.patch(path, {"domain": {"enabled": False, "name": "lives"}}).ok(200)["domain"]
    assert changed == made | {"enabled": False, "name": "lives"}
    assert cloud.admin.get("/v3/domains?name=lives&enabled=false").ok(200)["domains"] == [changed]
    cloud.admin.delete(path).ok(204)
    assert cloud.admin.get(path).status == 404


def test_names_and_ids_are_unique(cloud: Cloud) -> None:
    made = make(cloud.admin, "unique", explicit_domain_id="0123456789abcdef0123456789abcdef")
    assert made["id"] == "0123456789abcdef0123456789abcdef"
    assert cloud.admin.post("/v3/domains", {"domain": {"name": "unique"}}).status == 409
    again = {"domain": {"name": "else", "explicit_domain_id": made["id"]}}
    assert cloud.admin.post("/v3/domains", again).status == 409


def test_the_default_domain_stays(cloud: Cloud) -> None:
    assert cloud.admin.delete("/v3/domains/default").status == 403
    assert cloud.admin.get("/v3/domains/default").ok(200)["domain"]["name"] == "Default"


def test_a_customers_manager_rules_the_own_domain_only(cloud: Cloud, one: Customer, two: Customer) -> None:
    manager = one.clients["manager"]
    user = manager.post("/v3/users", {"user": {"name": "worker", "password": PASSWORD}}).ok(201)["user"]
    assert user["domain_id"] == one.id
    project = manager.post("/v3/projects", {"project": {"name": "work"}}).ok(201)["project"]
    assert project["domain_id"] == one.id
    group = manager.post("/v3/groups", {"group": {"name": "workers"}}).ok(201)["group"]
    manager.put(f"/v3/groups/{group['id']}/users/{user['id']}").ok(204)
    grant = f"/v3/projects/{project['id']}/users/{user['id']}/roles"
    manager.put(f"{grant}/{role_id(cloud, 'member')}").ok(204)
    assert manager.put(f"{grant}/{role_id(cloud, 'admin')}").status == 403
    other = two.clients["manager"]
    assert other.post("/v3/users", {"user": {"name": "spy", "domain_id": one.id}}).status == 403
    for path in (f"users/{user['id']}", f"projects/{project['id']}", f"groups/{group['id']}", f"domains/{one.id}"):
        assert other.get(f"/v3/{path}").status == 403, path
        assert other.delete(f"/v3/{path}").status == 403, path
    assert other.put(f"{grant}/{role_id(cloud, 'member')}").status == 403
    same = other.post("/v3/projects", {"project": {"name": "work"}}).ok(201)["project"]
    assert same["domain_id"] == two.id


def test_lists_show_the_own_domain_only(cloud: Cloud, one: Customer, two: Customer) -> None:
    reader = one.clients["reader"]
    assert {user["domain_id"] for user in reader.get("/v3/users").ok(200)["users"]} == {one.id}
    assert reader.get(f"/v3/users?domain_id={two.id}").ok(200)["users"] == []
    assert {group["domain_id"] for group in reader.get("/v3/groups").ok(200)["groups"]} <= {one.id}
    assert {project["domain_id"] for project in reader.get("/v3/projects").ok(200)["projects"]} <= {one.id}
    assert [domain["id"] for domain in reader.get("/v3/domains").ok(200)["domains"]] == [one.id]
    found = reader.get("/v3/role_assignments?include_names").ok(200)["role_assignments"]
    assert found
    assert two.id not in str(found)


def test_rules_that_are_not_open_to_a_domains_token_refuse_even_its_admin(cloud: Cloud, one: Customer) -> None:
    user = one.clients["reader"].user_id
    path = f"/v3/domains/{one.id}/users/{user}/roles/{role_id(cloud, 'admin')}"
    cloud.admin.put(path).ok(204)
    admin = one.login(cloud, "reader")
    assert admin.get("/v3/services").status == 403
    assert admin.get("/v3/users").status == 200
    cloud.admin.delete(path).ok(204)


def test_a_deleted_domain_takes_everything_in_it_along(cloud: Cloud) -> None:
    customer = Customer(cloud, "leaving")
    admin = cloud.admin
    project = admin.post("/v3/projects", {"project": {"name": "p", "domain_id": customer.id}}).ok(201)["project"]
    kid = admin.post("/v3/projects", {"project": {"name": "k", "parent_id": project["id"]}}).ok(201)["project"]
    group = admin.post("/v3/groups", {"group": {"name": "g", "domain_id": customer.id}}).ok(201)["group"]
    role = admin.post("/v3/roles", {"role": {"name": "r", "domain_id": customer.id}}).ok(201)["role"]
    admin.patch(f"/v3/domains/{customer.id}", {"domain": {"enabled": False}}).ok(200)
    assert customer.clients["manager"].get("/v3/users").status == 401
    admin.delete(f"/v3/domains/{customer.id}").ok(204)
    paths = [f"projects/{project['id']}", f"projects/{kid['id']}", f"groups/{group['id']}", f"roles/{role['id']}"]
    for path in (*paths, f"users/{customer.clients['reader'].user_id}"):
        assert admin.get(f"/v3/{path}").status == 404, path
    left = admin.get("/v3/role_assignments").ok(200)["role_assignments"]
    assert customer.id not in str(left)
