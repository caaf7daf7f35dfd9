"""Credentials that users keep, and their EC2 keys."""

import json

import pytest

from tests.cloud import Cloud, Tenant


@pytest.fixture(scope="module")
def tenant(cloud: Cloud) -> Tenant:
    return cloud.project()


def test_a_credential_is_kept_changed_and_deleted(cloud: Cloud, tenant: Tenant) -> None:
    body = {"type": "cert", "blob": "secret-content", "user_id": tenant.member.user_id}
    made = tenant.member.post("/v3/credentials", {"credential": body}).ok(201)["credential"]
    assert made == body | {
        "id": made["id"],
        "project_id": None,
        "links": {"self": f"http://cloud.test:5000/v3/credentials/{made['id']}"},
    }
    path = f"/v3/credentials/{made['id']}"
    assert tenant.member.get(path).ok(200)["credential"] == made
    assert tenant.member.get("/v3/credentials?type=cert").ok(200)["credentials"] == [made]
    assert tenant.reader.get("/v3/credentials").ok(200)["credentials"] == []
    assert made in cloud.admin.get("/v3/credentials").ok(200)["credentials"]
    for client in (tenant.reader,):
        assert client.get(path).status == 403
        assert client.patch(path, {"credential": {"blob": "x"}}).status == 403
        assert client.delete(path).status == 403
        assert client.post("/v3/credentials", {"credential": body}).status == 403
    assert tenant.member.patch(path, {"credential": {"type": "x", "blob": "y"}}).status == 400
    changed = tenant.member.patch(path, {"credential": {"blob": "other"}}).ok(200)["credential"]
    assert changed == made | {"blob": "other"}
    tenant.member.delete(path).ok(204)
    assert tenant.member.get(path).status == 403
    assert cloud.admin.get(path).status == 404
    dump = cloud.read(lambda tx: str(tx.conn.exec_driver_sql("select * from journal").all()))
    assert "secret-content" not in dump


def test_ec2_keys(cloud: Cloud, tenant: Tenant) -> None:
    path = f"/v3/users/{tenant.member.user_id}/credentials/OS-EC2"
    made = tenant.member.post(path, {"tenant_id": tenant.id}).ok(201)["credential"]
    assert list(made) == ["user_id", "tenant_id", "access", "secret", "trust_id", "links"]
    assert made["tenant_id"] == tenant.id
    assert tenant.member.get(path).ok(200)["credentials"] == [made]
    assert tenant.member.get(f"{path}/{made['access']}").ok(200)["credential"] == made
    (kept,) = tenant.member.get("/v3/credentials?type=ec2").ok(200)["credentials"]
    assert json.loads(kept["blob"])["secret"] == made["secret"]
    for client in (tenant.reader,):
        assert client.get(path).status == 403
        assert client.get(f"{path}/{made['access']}").status == 403
        assert client.delete(f"{path}/{made['access']}").status == 403
        assert client.post(path, {"tenant_id": tenant.id}).status == 403
    assert tenant.member.post(path, {"tenant_id": "nowhere"}).status == 404
    tenant.member.delete(f"{path}/{made['access']}").ok(204)
    assert cloud.admin.get(f"{path}/{made['access']}").status == 404


def test_keys_that_are_none_are_refused(cloud: Cloud, tenant: Tenant) -> None:
    body = {"type": "ec2", "user_id": tenant.member.user_id, "project_id": tenant.id}
    for blob in ("no json", "{}", "[]", "5"):
        answer = tenant.member.post("/v3/credentials", {"credential": body | {"blob": blob}})
        assert (answer.status, answer.json["error"]["message"]) == (400, "Invalid blob in credential"), blob
    blob = json.dumps({"access": "a", "secret": "b"})
    tenant.member.post("/v3/credentials", {"credential": body | {"blob": blob}}).ok(201)
    assert tenant.member.post("/v3/credentials", {"credential": body | {"blob": blob}}).status == 409


def test_a_changed_key_keeps_its_id(tenant: Tenant) -> None:
    blob = json.dumps({"access": "first", "secret": "b"})
    body = {"type": "ec2", "user_id": tenant.member.user_id, "project_id": tenant.id, "blob": blob}
    made = tenant.member.post("/v3/credentials", {"credential": body}).ok(201)["credential"]
    path = f"/v3/credentials/{made['id']}"
    assert tenant.member.patch(path, {"credential": {"blob": "{}"}}).status == 400
    other = json.dumps({"access": "second", "secret": "c"})
    changed = tenant.member.patch(path, {"credential": {"blob": other}}).ok(200)["credential"]
    assert (changed["id"], changed["blob"]) == (made["id"], other)
