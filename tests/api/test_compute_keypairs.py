"""Key pairs: made here or brought along, shown without the private half, each user's own."""

import base64
import hashlib
import subprocess
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.api.compute_kit import KEY, fresh, message
from tests.cloud import Client, Cloud

PAIRS = "/compute/v2.1/os-keypairs"


def add(client: Client, version: str = "2.96", **values: str) -> dict[str, str]:
    body = {"name": fresh("key"), "public_key": KEY} | values
    return client.post(PAIRS, {"keypair": body}, version=version).ok(201)["keypair"]


def test_a_pair_made_here_shows_its_private_half_once(cloud: Cloud, tmp_path: Path) -> None:
    member = cloud.project().member
    name = fresh("key")
    made = member.post(PAIRS, {"keypair": {"name": name}}, version="2.50").ok(201)["keypair"]
    private = load_pem_private_key(made["private_key"].encode(), None)
    assert private.key_size == 2048  # type: ignore[union-attr]
    pem = tmp_path / "key.pem"
    pem.write_text(made["private_key"])
    pem.chmod(0o600)
    told = subprocess.run(["ssh-keygen", "-y", "-f", pem], capture_output=True, text=True, check=True).stdout
    assert told.split()[:2] == made["public_key"].split()[:2]
    shown = member.get(f"{PAIRS}/{name}", version="2.96").ok(200)["keypair"]
    assert "private_key" not in shown and shown["public_key"] == made["public_key"]
    stored = cloud.read(lambda tx: str(tx.conn.exec_driver_sql("select * from keypairs").all()))
    kept = cloud.read(lambda tx: str(tx.conn.exec_driver_sql("select * from journal where kind='keypair'").all()))
    assert "PRIVATE" not in stored + kept


def test_the_fingerprint_is_the_md5_of_the_key(cloud: Cloud) -> None:
    found = add(cloud.project().member)["fingerprint"]
    assert found.replace(":", "") == hashlib.md5(base64.b64decode(KEY.split()[1])).hexdigest()


def test_since_2_92_keys_are_only_brought_along(cloud: Cloud) -> None:
    member = cloud.project().member
    assert member.post(PAIRS, {"keypair": {"name": "n"}}, version="2.92").status == 400
    assert member.post(PAIRS, {"keypair": {"name": "a.b@c", "public_key": KEY}}, version="2.91").status == 400
    assert add(member, "2.92", name="a.b@c")["name"] == "a.b@c"


def test_statuses_and_the_type_before_2_2(cloud: Cloud) -> None:
    member = cloud.project().member
    made = member.post(PAIRS, {"keypair": {"name": "old", "public_key": KEY}}).ok(200)["keypair"]
    assert "type" not in made and "type" not in member.get(PAIRS).ok(200)["keypairs"][0]["keypair"]
    assert member.delete(f"{PAIRS}/old").status == 202
    add(member, "2.2", name="new")
    assert member.delete(f"{PAIRS}/new", version="2.2").status == 204


def test_names_are_a_users_own(cloud: Cloud) -> None:
    tenant = cloud.project()
    pair = add(tenant.member)
    answer = tenant.member.post(PAIRS, {"keypair": {"name": pair["name"], "public_key": KEY}})
    assert (answer.status, message(answer)) == (409, f"Key pair '{pair['name']}' already exists.")
    assert tenant.reader.get(f"{PAIRS}/{pair['name']}").status == 404
    assert tenant.reader.delete(f"{PAIRS}/{pair['name']}").status == 404
    add(tenant.reader, name=pair["name"])
    assert tenant.member.get(f"{PAIRS}/{pair['name']}").status == 200


def test_administrators_act_for_users(cloud: Cloud) -> None:
    tenant = cloud.project()
    pair = add(cloud.admin, user_id=tenant.member.user_id)
    query = f"?user_id={tenant.member.user_id}"
    assert tenant.member.get(f"{PAIRS}/{pair['name']}").status == 200
    assert cloud.admin.get(f"{PAIRS}/{pair['name']}", version="2.10").status == 404
    assert cloud.admin.get(f"{PAIRS}/{pair['name']}{query}", version="2.10").status == 200
    assert tenant.reader.get(f"{PAIRS}{query}", version="2.10").status == 403
    body = {"keypair": {"name": "x", "public_key": KEY, "user_id": tenant.member.user_id}}
    assert tenant.reader.post(PAIRS, body, version="2.10").status == 403
    assert cloud.admin.delete(f"{PAIRS}/{pair['name']}{query}", version="2.10").status == 204


def test_pages_since_2_35(cloud: Cloud) -> None:
    member = cloud.project().member
    made = sorted(add(member)["name"] for _ in range(3))
    page = member.get(f"{PAIRS}?limit=2", version="2.35").ok(200)
    assert [one["keypair"]["name"] for one in page["keypairs"]] == made[:2]
    rest = page["keypairs_links"][0]["href"].partition("?")[2]
    assert [
        one["keypair"]["name"] for one in member.get(f"{PAIRS}?{rest}", version="2.35").ok(200)["keypairs"]
    ] == made[2:]
    assert len(member.get(f"{PAIRS}?limit=2", version="2.34").ok(200)["keypairs"]) == 3


def test_the_quota_holds(cloud: Cloud) -> None:
    tenant = cloud.project()
    cloud.admin.put(f"/compute/v2.1/os-quota-sets/{tenant.id}", {"quota_set": {"key_pairs": 1}}).ok(200)
    add(tenant.member)
    for body in ({"name": "more", "public_key": KEY}, {"name": "more"}):
        answer = tenant.member.post(PAIRS, {"keypair": body}, version="2.50")
        assert (answer.status, message(answer)) == (403, "Quota exceeded, too many key pairs.")
    assert len(tenant.member.get(PAIRS).ok(200)["keypairs"]) == 1


def test_what_is_no_key_is_refused(cloud: Cloud) -> None:
    member = cloud.project().member
    for key in ("bogus", "ssh-rsa AAAA", KEY.replace("AAAAC3", "AAAAB3"), "ssh-ed25519 !!!", KEY + "x" * 20000):
        answer = member.post(PAIRS, {"keypair": {"name": "bad", "public_key": key}})
        assert (answer.status, message(answer)) == (400, "Keypair data is invalid: failed to generate fingerprint")
    body = {"keypair": {"name": "bad", "type": "x509", "public_key": KEY}}
    assert "x509" in message(member.post(PAIRS, body, version="2.50"))
    assert member.get(PAIRS).ok(200) == {"keypairs": []}
