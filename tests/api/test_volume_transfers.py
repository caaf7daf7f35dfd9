"""Transfers: a volume goes from one project to another by a key that is shown once."""

from typing import Any

import pytest
import sqlalchemy as sa

from gureum.block_storage.store.transfers import transfers
from tests.api.volume_setup import NEWEST, V3, becomes, gone, ready, show
from tests.cloud import Client, Cloud, Response, Tenant

NOBODY = "00000000-0000-4000-8000-00000000dead"


@pytest.fixture
def parties(cloud: Cloud) -> tuple[Tenant, Tenant]:
    """Who gives and who takes."""
    return cloud.project("member", "reader"), cloud.project("member")


@pytest.fixture(params=["volume-transfers", "os-volume-transfer"])
def path(request: pytest.FixtureRequest) -> str:
    return f"{V3}/{request.param}"


def offer(client: Client, volume_id: str, path: str = f"{V3}/volume-transfers", **more: Any) -> dict[str, Any]:
    """A new transfer."""
    body = {"transfer": {"volume_id": volume_id, "name": "gift"} | more}
    return client.post(path, body, version=NEWEST).ok(202)["transfer"]


def accept(client: Client, transfer: dict[str, Any], key: object = None) -> Response:
    body = {"accept": {"auth_key": transfer["auth_key"] if key is None else key}}
    return client.post(f"{V3}/volume-transfers/{transfer['id']}/accept", body, version=NEWEST)


def limit(cloud: Cloud, project_id: str, **quotas: int) -> None:
    cloud.admin.put(f"{V3}/os-quota-sets/{project_id}", {"quota_set": quotas}).ok(200)


def used(cloud: Cloud, project_id: str) -> tuple[int, int, int]:
    """What a project uses of volumes, GiB and snapshots."""
    found = cloud.admin.get(f"{V3}/os-quota-sets/{project_id}?usage=true").ok(200)["quota_set"]
    return tuple(found[name]["in_use"] for name in ("volumes", "gigabytes", "snapshots"))


def test_a_transfer_is_made_shown_and_taken_back(cloud: Cloud, parties: tuple[Tenant, Tenant], path: str) -> None:
    giver, taker = parties[0].member, parties[1].member
    volume = ready(cloud, giver)
    made = offer(giver, volume["id"], path)
    assert (made["name"], made["volume_id"], len(made["auth_key"])) == ("gift", volume["id"], 16)
    assert show(giver, volume["id"])["status"] == "awaiting-transfer"
    shown = {key: value for key, value in made.items() if key != "auth_key"}
    for client in (giver, parties[0].reader, cloud.admin):
        assert client.get(f"{path}/{made['id']}", version=NEWEST).ok(200)["transfer"] == shown
    assert giver.get(f"{path}/detail", version=NEWEST).ok(200)["transfers"] == [shown]
    brief = {key: shown[key] for key in ("id", "volume_id", "name", "links")}
    assert giver.get(f"{path}?name=gift", version=NEWEST).ok(200)["transfers"] == [brief]
    assert giver.get(f"{path}?name=other", version=NEWEST).ok(200)["transfers"] == []
    assert taker.get(path, version=NEWEST).ok(200)["transfers"] == []
    assert brief in cloud.admin.get(f"{path}?all_tenants=1", version=NEWEST).ok(200)["transfers"]
    for answer in (taker.get(f"{path}/{made['id']}"), taker.delete(f"{path}/{made['id']}")):
        assert answer.status == 404
    assert parties[0].reader.delete(f"{path}/{made['id']}").status == 403
    giver.delete(f"{path}/{made['id']}").ok(202)
    assert show(giver, volume["id"])["status"] == "available"
    assert accept(taker, made).status == 404


def test_the_key_is_kept_from_all(cloud: Cloud, parties: tuple[Tenant, Tenant]) -> None:
    made = offer(parties[0].member, ready(cloud, parties[0].member)["id"])
    kept = cloud.read(lambda tx: tx.one(sa.select(transfers).where(transfers.c.id == made["id"])))
    assert made["auth_key"] not in str(kept)
    log = cloud.admin.get(f"/gureum/v1/log?resource={made['id']}").ok(200)
    assert log["entries"]
    assert not any(secret in str(log) for secret in (made["auth_key"], kept.key_hash, kept.salt))


def test_who_has_the_key_takes_the_volume_with_its_snapshots(cloud: Cloud, parties: tuple[Tenant, Tenant]) -> None:
    giver, taker = parties[0].member, parties[1].member
    volume = ready(cloud, giver, size=2)
    body = {"snapshot": {"volume_id": volume["id"], "name": "s"}}
    snapshot = giver.post(f"{V3}/snapshots", body).ok(202)["snapshot"]["id"]
    path = f"{V3}/snapshots/{snapshot}"
    cloud.wait(lambda: giver.get(path).ok(200)["snapshot"]["status"] == "available", "the snapshot")
    made = offer(giver, volume["id"])
    taken = accept(taker, made).ok(202)["transfer"]
    assert (taken["id"], taken["volume_id"]) == (made["id"], volume["id"])
    found = show(taker, volume["id"])
    assert (found["status"], found["user_id"]) == ("available", taker.user_id)
    assert giver.get(f"{V3}/volumes/{volume['id']}").status == 404
    assert (giver.get(path).status, taker.get(path).status) == (404, 200)
    assert used(cloud, parties[0].id) == (0, 0, 0)
    assert used(cloud, parties[1].id) == (1, 4, 1)
    assert accept(taker, made).status == 404
    taker.delete(f"{V3}/volumes/{volume['id']}?cascade=true").ok(202)
    gone(cloud, taker, volume["id"])


def test_snapshots_may_stay(cloud: Cloud, parties: tuple[Tenant, Tenant]) -> None:
    giver, taker = parties[0].member, parties[1].member
    volume = ready(cloud, giver)
    body = {"snapshot": {"volume_id": volume["id"], "name": "s"}}
    path = f"{V3}/snapshots/{giver.post(f'{V3}/snapshots', body).ok(202)['snapshot']['id']}"
    cloud.wait(lambda: giver.get(path).ok(200)["snapshot"]["status"] == "available", "the snapshot")
    accept(taker, offer(giver, volume["id"], no_snapshots=True)).ok(202)
    assert giver.get(path).ok(200)["snapshot"]["volume_id"] == volume["id"]
    assert taker.get(path).status == 404
    assert taker.delete(f"{V3}/volumes/{volume['id']}").status == 400
    assert (used(cloud, parties[0].id), used(cloud, parties[1].id)) == ((0, 1, 1), (1, 1, 0))


def test_wrong_keys_and_full_quotas_take_nothing(cloud: Cloud, parties: tuple[Tenant, Tenant]) -> None:
    giver, taker = parties[0].member, parties[1].member
    made = offer(giver, ready(cloud, giver)["id"])
    answer = accept(taker, made, "wrong")
    assert answer.status == 400
    sentence = f"Invalid auth key: Attempt to transfer {made['id']} with invalid auth key."
    assert answer.json["badRequest"]["message"] == sentence
    assert accept(taker, made, 5).status == 400
    assert accept(parties[0].reader, made).status == accept(parties[0].reader, made, "wrong").status == 403
    for quota in ("volumes", "gigabytes"):
        limit(cloud, parties[1].id, **{quota: 0})
        assert accept(taker, made).status == 413
        limit(cloud, parties[1].id, **{quota: 5})
    assert show(giver, made["volume_id"])["status"] == "awaiting-transfer"
    assert accept(taker, {"id": NOBODY, "auth_key": "x"}).status == 404
    accept(taker, made).ok(202)


def test_what_is_held_is_not_offered(cloud: Cloud, parties: tuple[Tenant, Tenant]) -> None:
    giver = parties[0].member
    volume = ready(cloud, giver)
    made = offer(giver, volume["id"])
    body = {"transfer": {"volume_id": volume["id"]}}
    for client, status in ((giver, 400), (parties[0].reader, 403), (parties[1].member, 404)):
        assert client.post(f"{V3}/volume-transfers", body).status == status
    attachment = {"attachment": {"volume_uuid": volume["id"], "instance_uuid": NOBODY}}
    assert giver.post(f"{V3}/attachments", attachment, version=NEWEST).status == 400
    assert giver.delete(f"{V3}/volumes/{volume['id']}").status == 400
    reset = {"os-reset_status": {"status": "error"}}
    cloud.admin.post(f"{V3}/volumes/{volume['id']}/action", reset).ok(202)
    assert accept(parties[1].member, made).status == 400
    giver.delete(f"{V3}/volumes/{volume['id']}").ok(202)
    gone(cloud, giver, volume["id"])
    assert giver.get(f"{V3}/volume-transfers/{made['id']}").status == 404


def test_an_offer_that_is_taken_back_leaves_the_state_that_there_is(
    cloud: Cloud, parties: tuple[Tenant, Tenant]
) -> None:
    giver = parties[0].member
    volume = ready(cloud, giver)
    made = offer(giver, volume["id"])
    cloud.admin.post(f"{V3}/volumes/{volume['id']}/action", {"os-reset_status": {"status": "error"}}).ok(202)
    giver.delete(f"{V3}/volume-transfers/{made['id']}").ok(202)
    becomes(cloud, giver, volume["id"], "error")


@pytest.mark.parametrize("wrong", [{"name": "  "}, {"name": {}}, {"volume_id": "no id"}, {"name": "x" * 256}, {"x": 1}])
def test_what_is_no_offer(parties: tuple[Tenant, Tenant], path: str, wrong: dict[str, Any]) -> None:
    body = {"transfer": {"volume_id": NOBODY} | wrong}
    assert parties[0].member.post(path, body, version=NEWEST).status == 400


def test_by_microversion(cloud: Cloud, parties: tuple[Tenant, Tenant]) -> None:
    giver = parties[0].member
    made = offer(giver, ready(cloud, giver)["id"])
    path = f"{V3}/volume-transfers/{made['id']}"
    old = giver.get(path, version="3.54").ok(200)["transfer"]
    assert not {"no_snapshots", "accepted", "source_project_id"} & old.keys()
    assert giver.get(path, version="3.55").ok(200)["transfer"]["no_snapshots"] is False
    assert giver.get(path, version="3.57").ok(200)["transfer"]["source_project_id"] == parties[0].id
    body = {"transfer": {"volume_id": NOBODY, "no_snapshots": True}}
    assert giver.post(f"{V3}/volume-transfers", body, version="3.54").status == 400
    assert giver.post(f"{V3}/volume-transfers", body, version="3.55").status == 404
    assert giver.post(f"{V3}/os-volume-transfer", body, version=NEWEST).status == 400


def test_the_first_path_knows_neither_orders_nor_markers(parties: tuple[Tenant, Tenant]) -> None:
    giver = parties[0].member
    for query in ("sort_key=size", "sort_dir=sideways", f"limit=2&marker={NOBODY}"):
        giver.get(f"{V3}/os-volume-transfer?{query}").ok(200)
        assert giver.get(f"{V3}/volume-transfers?{query}").status in (400, 404)
    for wrong in ("limit=abc", "offset=-1"):
        assert giver.get(f"{V3}/os-volume-transfer?{wrong}").status == 400
