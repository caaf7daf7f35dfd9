"""Trusts: somebody acts with some of another one's roles, for as long as both have them."""

import time
from typing import Any

import pytest

from tests.cloud import PASSWORD, Client, Cloud, Response, Tenant

PATH = "/v3/OS-TRUST/trusts"


@pytest.fixture
def parties(cloud: Cloud) -> tuple[Tenant, Tenant]:
    """The trustor's project and the trustee's."""
    return cloud.project("member", "manager", passwords=True), cloud.project("member", passwords=True)


def make(trustor: Client, trustee: Client, **more: Any) -> Response:
    """A request for a trust of the trustor's project, with the role member."""
    asked = {
        "trustor_user_id": trustor.user_id,
        "trustee_user_id": trustee.user_id,
        "project_id": trustor.project_id,
        "impersonation": False,
        "roles": [{"name": "member"}],
    }
    return trustor.post(PATH, {"trust": asked | more})


def use(cloud: Cloud, trustee: Client, trust: dict[str, Any]) -> Response:
    """The trustee's login for a token of the trust."""
    user = {"id": trustee.user_id, "password": PASSWORD}
    identity = {"methods": ["password"], "password": {"user": user}}
    auth = {"identity": identity, "scope": {"OS-TRUST:trust": {"id": trust["id"]}}}
    return cloud.anonymous().post("/v3/auth/tokens", {"auth": auth})


def client_of(cloud: Cloud, answer: Response) -> Client:
    """A client with the token that came."""
    return Client(cloud, answer.headers["x-subject-token"], answer.ok(201)["token"])


def test_a_trust_is_made_shown_and_deleted(cloud: Cloud, parties: tuple[Tenant, Tenant]) -> None:
    trustor, trustee = parties[0].member, parties[1].member
    made = make(trustor, trustee, expires_at="2999-01-01T00:00:00Z").ok(201)["trust"]
    assert [role["name"] for role in made["roles"]] == ["member"]
    assert made["expires_at"] == "2999-01-01T00:00:00.000000Z"
    assert (made["remaining_uses"], made["deleted_at"], made["redelegation_count"]) == (None, None, 0)
    for client in (trustor, trustee, cloud.admin):
        assert client.get(f"{PATH}/{made['id']}").ok(200)["trust"] == made
    brief = {key: value for key, value in made.items() if key not in ("roles", "roles_links")}
    for query in (f"trustor_user_id={trustor.user_id}", f"trustee_user_id={trustee.user_id}"):
        assert cloud.admin.get(f"{PATH}?{query}").ok(200)["trusts"] == [brief]
    assert brief in cloud.admin.get(PATH).ok(200)["trusts"]
    role = made["roles"][0]
    assert trustee.get(f"{PATH}/{made['id']}/roles").ok(200)["roles"] == [role]
    assert trustee.get(f"{PATH}/{made['id']}/roles/{role['id']}").ok(200)["role"] == role
    assert trustee.get(f"{PATH}/{made['id']}/roles/{'0' * 32}").status == 404
    assert trustee.delete(f"{PATH}/{made['id']}").status == 403
    trustor.delete(f"{PATH}/{made['id']}").ok(204)
    assert trustor.get(f"{PATH}/{made['id']}").status == 404


def test_only_the_trustor_makes_it_and_only_parties_see_it(cloud: Cloud, parties: tuple[Tenant, Tenant]) -> None:
    trustor, trustee, stranger = parties[0].member, parties[1].member, parties[0].manager
    assert make(trustor, trustee, trustor_user_id=stranger.user_id).status == 403
    made = make(trustor, trustee).ok(201)["trust"]
    for answer in (stranger.get(f"{PATH}/{made['id']}"), stranger.delete(f"{PATH}/{made['id']}")):
        assert answer.status == 404
    assert stranger.get(PATH).status == 403
    assert stranger.get(f"{PATH}?trustor_user_id={trustor.user_id}").status == 403
    assert trustor.get(f"{PATH}?trustor_user_id={trustor.user_id}").ok(200)["trusts"][0]["id"] == made["id"]
    assert trustee.get(f"{PATH}?trustor_user_id={trustor.user_id}").status == 403


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"roles": [{"name": "admin"}]}, 404),
        ({"roles": [{"name": "nonesuch"}]}, 404),
        ({"roles": [{"id": "0" * 32}]}, 404),
        ({"roles": []}, 403),
        ({"project_id": None}, 403),
        ({"project_id": "0" * 32}, 404),
        ({"trustee_user_id": "0" * 32}, 404),
        ({"expires_at": "tomorrow"}, 400),
        ({"expires_at": "2001-01-01T00:00:00Z"}, 400),
        ({"remaining_uses": 0}, 400),
        ({"remaining_uses": 2, "allow_redelegation": True}, 400),
        ({"allow_redelegation": True, "redelegation_count": 4}, 403),
        ({"redelegated_trust_id": "0" * 32}, 403),
        ({"impersonation": "perhaps"}, 400),
    ],
)
def test_what_is_no_trust(parties: tuple[Tenant, Tenant], more: dict[str, Any], status: int) -> None:
    assert make(parties[0].member, parties[1].member, **more).status == status


def test_its_tokens_are_the_trustees_with_the_trustors_roles(cloud: Cloud, parties: tuple[Tenant, Tenant]) -> None:
    trustor, trustee = parties[0].manager, parties[1].member
    made = make(trustor, trustee).ok(201)["trust"]
    said = client_of(cloud, use(cloud, trustee, made)).said
    assert (said["user"]["id"], said["project"]["id"]) == (trustee.user_id, parties[0].id)
    assert {role["name"] for role in said["roles"]} == {"member", "reader"}
    assert said["OS-TRUST:trust"] == {
        "id": made["id"],
        "impersonation": False,
        "trustor_user": {"id": trustor.user_id},
        "trustee_user": {"id": trustee.user_id},
    }


def test_with_impersonation_they_are_the_trustors(cloud: Cloud, parties: tuple[Tenant, Tenant]) -> None:
    trustor, trustee = parties[0].member, parties[1].member
    made = make(trustor, trustee, impersonation=True).ok(201)["trust"]
    client = client_of(cloud, use(cloud, trustee, made))
    assert client.user_id == trustor.user_id
    network = client.post("/network/v2.0/networks", {"network": {"name": "of the trustor"}}).ok(201)["network"]
    assert network["project_id"] == parties[0].id


def test_nobody_else_has_a_token_of_it(cloud: Cloud, parties: tuple[Tenant, Tenant]) -> None:
    made = make(parties[0].member, parties[1].member).ok(201)["trust"]
    assert use(cloud, parties[0].manager, made).status == 403
    assert use(cloud, parties[0].member, made).status == 403
    assert use(cloud, parties[1].member, {"id": "0" * 32}).status == 404


def test_its_tokens_end_with_it(cloud: Cloud, parties: tuple[Tenant, Tenant]) -> None:
    trustor, trustee = parties[0].member, parties[1].member
    made = make(trustor, trustee).ok(201)["trust"]
    client = client_of(cloud, use(cloud, trustee, made))
    client.get("/network/v2.0/networks").ok(200)
    trustor.delete(f"{PATH}/{made['id']}").ok(204)
    assert client.get("/network/v2.0/networks").status == 401


def test_its_tokens_end_with_the_trustors_role(cloud: Cloud, parties: tuple[Tenant, Tenant]) -> None:
    trustor, trustee = parties[0].member, parties[1].member
    made = make(trustor, trustee).ok(201)["trust"]
    client = client_of(cloud, use(cloud, trustee, made))
    cloud.admin.delete(f"/v3/projects/{parties[0].id}/users/{trustor.user_id}/roles/{made['roles'][0]['id']}").ok(204)
    assert client.get("/network/v2.0/networks").status == 401
    assert use(cloud, trustee, made).status == 401


@pytest.mark.parametrize("party", [0, 1])
def test_its_tokens_end_with_either_user(cloud: Cloud, parties: tuple[Tenant, Tenant], party: int) -> None:
    trustor, trustee = parties[0].member, parties[1].member
    made = make(trustor, trustee, impersonation=True).ok(201)["trust"]
    client = client_of(cloud, use(cloud, trustee, made))
    path = f"/v3/users/{(trustor, trustee)[party].user_id}"
    cloud.admin.patch(path, {"user": {"enabled": False}}).ok(200)
    assert client.get("/network/v2.0/networks").status == 401
    cloud.admin.delete(path).ok(204)
    assert cloud.admin.get(f"{PATH}/{made['id']}").status == 404


def test_uses_are_counted(cloud: Cloud, parties: tuple[Tenant, Tenant]) -> None:
    trustor, trustee = parties[0].member, parties[1].member
    made = make(trustor, trustee, remaining_uses=2).ok(201)["trust"]
    first = client_of(cloud, use(cloud, trustee, made))
    assert trustor.get(f"{PATH}/{made['id']}").ok(200)["trust"]["remaining_uses"] == 1
    use(cloud, trustee, made).ok(201)
    assert use(cloud, trustee, made).status == 404
    first.get("/network/v2.0/networks").ok(200)


def test_time_passes(cloud: Cloud, parties: tuple[Tenant, Tenant]) -> None:
    trustor, trustee = parties[0].member, parties[1].member
    soon = time.time() + 1
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(soon)) + f".{int(soon % 1 * 1e6):06d}Z"
    made = make(trustor, trustee, expires_at=text).ok(201)["trust"]
    client = client_of(cloud, use(cloud, trustee, made))
    assert client.said["expires_at"] == text
    cloud.wait(lambda: client.get("/network/v2.0/networks").status == 401, "the end of the token")
    assert use(cloud, trustee, made).status == 404


def test_its_tokens_make_nothing_that_outlives_it(cloud: Cloud, parties: tuple[Tenant, Tenant]) -> None:
    trustor, trustee = parties[0].member, parties[1].member
    client = client_of(cloud, use(cloud, trustee, make(trustor, trustee, impersonation=True).ok(201)["trust"]))
    path = f"/v3/users/{trustor.user_id}/application_credentials"
    assert client.post(path, {"application_credential": {"name": "forever"}}).status == 403
    assert make(client, trustee, trustor_user_id=trustor.user_id).status == 403
    auth = {
        "identity": {"methods": ["token"], "token": {"id": client.token}},
        "scope": {"project": {"id": parties[0].id}},
    }
    assert cloud.anonymous().post("/v3/auth/tokens", {"auth": auth}).status == 403


def test_a_trust_is_handed_on_as_often_as_it_says(cloud: Cloud, parties: tuple[Tenant, Tenant]) -> None:
    trustor, trustee, third = parties[0].member, parties[1].member, parties[0].manager
    made = make(trustor, trustee, allow_redelegation=True, redelegation_count=1, impersonation=True).ok(201)["trust"]
    assert made["redelegation_count"] == 1
    client = client_of(cloud, use(cloud, trustee, made))
    assert make(client, third, expires_at="2999-01-01T00:00:00Z", remaining_uses=3).status == 400
    assert make(client, third, roles=[{"name": "manager"}]).status == 404
    further = make(client, third, impersonation=True, allow_redelegation=True).ok(201)["trust"]
    assert (further["redelegated_trust_id"], further["redelegation_count"]) == (made["id"], 0)
    second = client_of(cloud, use(cloud, third, further))
    assert second.user_id == trustor.user_id
    assert make(second, trustee).status == 403
    trustor.delete(f"{PATH}/{made['id']}").ok(204)
    assert second.get("/network/v2.0/networks").status == 401
    assert cloud.admin.get(f"{PATH}/{further['id']}").status == 404
