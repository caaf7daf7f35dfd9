"""Snapshots: made of volumes at rest and in use, made into volumes, and who may do what."""

from typing import Any

import pytest

from tests.api.volume_setup import NEWEST, V3, becomes, gone, message, ready, show
from tests.cloud import Client, Cloud

API = f"{V3}/snapshots"
ABSENT = "11111111-2222-3333-4444-555555555555"


def snap(client: Client, volume_id: str, *, version: str = NEWEST, **more: Any) -> dict[str, Any]:
    """A snapshot that is being made."""
    body = {"snapshot": {"volume_id": volume_id} | more}
    return client.post(API, body, version=version).ok(202)["snapshot"]


def seen(client: Client, id: str) -> dict[str, Any]:
    """A snapshot as it is now."""
    return client.get(f"{API}/{id}", version=NEWEST).ok(200)["snapshot"]


def made(cloud: Cloud, client: Client, volume_id: str, **more: Any) -> dict[str, Any]:
    """A snapshot that is available."""
    id = snap(client, volume_id, **more)["id"]
    cloud.wait(lambda: seen(client, id)["status"] == "available", "the snapshot")
    return seen(client, id)


def attach(cloud: Cloud, client: Client, volume_id: str) -> str:
    """Attach a volume by hand."""
    body = {"attachment": {"volume_uuid": volume_id, "connector": {"host": cloud.first_host}}}
    id = client.post(f"{V3}/attachments", body, version=NEWEST).ok(200)["attachment"]["id"]
    client.post(f"{V3}/attachments/{id}/action", {"os-complete": None}, version=NEWEST).ok(204)
    return id


def test_a_snapshot_is_made_shown_changed_and_deleted(cloud: Cloud) -> None:
    member = cloud.project().member
    volume = ready(cloud, member)
    first = snap(member, volume["id"], name="one", metadata={"k": "v"})
    assert (first["status"], first["size"], first["user_id"]) == ("creating", 1, member.user_id)
    cloud.wait(lambda: seen(member, first["id"])["status"] == "available", "the snapshot")
    found = seen(member, first["id"])
    assert found["os-extended-snapshot-attributes:progress"] == "100%"
    assert found["os-extended-snapshot-attributes:project_id"] == member.project_id
    assert first["id"] in cloud.world.snapshots
    changed = member.put(f"{API}/{first['id']}", {"snapshot": {"name": " two "}}, version=NEWEST).ok(200)["snapshot"]
    assert (changed["name"], changed["description"], changed["metadata"]) == ("two", None, {"k": "v"})
    assert member.delete(f"{API}/{first['id']}").status == 202
    cloud.wait(lambda: member.get(f"{API}/{first['id']}").status == 404, "its end")
    assert first["id"] not in cloud.world.snapshots


@pytest.mark.parametrize(
    ("version", "shown"),
    [("3.0", set[str]()), ("3.14", {"group_snapshot_id"}), ("3.41", {"group_snapshot_id", "user_id"})],
)
def test_older_versions_show_less(cloud: Cloud, version: str, shown: set[str]) -> None:
    member = cloud.project().member
    id = made(cloud, member, ready(cloud, member)["id"])["id"]
    body = member.get(f"{API}/{id}", version=version).ok(200)["snapshot"]
    assert {"group_snapshot_id", "user_id", "consumes_quota"} & body.keys() == shown


def test_a_volume_of_a_snapshot_holds_what_the_volume_held(cloud: Cloud) -> None:
    member = cloud.project().member
    volume = ready(cloud, member)
    cloud.world.scribble(volume["id"], "before")
    snapshot = made(cloud, member, volume["id"])
    cloud.world.scribble(volume["id"], "after")
    copy = ready(cloud, member, snapshot_id=snapshot["id"], size=None)
    assert (copy["size"], copy["snapshot_id"], copy["source_volid"]) == (1, snapshot["id"], None)
    larger = ready(cloud, member, snapshot_id=snapshot["id"], size=3)
    for one in (copy, larger):
        outside = cloud.world.volumes.get(one["id"])
        assert outside is not None and (outside.content, outside.size_gib) == ("before", one["size"])
    clone = ready(cloud, member, source_volid=volume["id"])
    outside = cloud.world.volumes.get(clone["id"])
    assert outside is not None and outside.content == "after" and clone["source_volid"] == volume["id"]


def test_what_came_of_an_image_stays_bootable(cloud: Cloud) -> None:
    member = cloud.project().member
    volume = ready(cloud, member)
    action = f"{V3}/volumes/{volume['id']}/action"
    member.post(action, {"os-set_bootable": {"bootable": True}}).ok(200)
    member.post(action, {"os-set_image_metadata": {"metadata": {"os_type": "linux"}}}).ok(200)
    snapshot = made(cloud, member, volume["id"])
    for more in ({"snapshot_id": snapshot["id"]}, {"source_volid": volume["id"]}):
        copy = ready(cloud, member, **more)
        assert copy["bootable"] == "true" and copy["volume_image_metadata"] == {"os_type": "linux"}


def test_what_cannot_be_copied_is_refused(cloud: Cloud) -> None:
    member = cloud.project().member
    volume = ready(cloud, member, size=2)
    snapshot = made(cloud, member, volume["id"])

    def refusal(**more: Any) -> str:
        return message(member.post(f"{V3}/volumes", {"volume": {"size": 2} | more}, version=NEWEST), 400)

    assert refusal(size=1, snapshot_id=snapshot["id"]) == (
        "Invalid input received: Volume size '1'GB cannot be smaller than the snapshot size 2GB. They must be >= "
        "original snapshot size."
    )
    assert refusal(size=1, source_volid=volume["id"]) == (
        "Invalid input received: Volume size '1'GB cannot be smaller than original volume size  2GB. They must be >= "
        "original volume size."
    )
    both = {"snapshot_id": snapshot["id"], "source_volid": volume["id"]}
    assert refusal(**both) == (
        "Invalid input received: May specify only one of backup, imageRef, snapshot, source volume"
    )
    cloud.admin.post(f"{API}/{snapshot['id']}/action", {"os-reset_status": {"status": "error"}}).ok(202)
    assert refusal(snapshot_id=snapshot["id"]) == (
        "Invalid snapshot: Originating snapshot status must be one of 'available' values"
    )
    cloud.admin.post(f"{V3}/volumes/{volume['id']}/action", {"os-reset_status": {"status": "error"}}).ok(202)
    assert refusal(source_volid=volume["id"]) == (
        "Invalid volume: Originating source volume status must be one of 'available, in-use' values"
    )
    assert len(member.get(f"{V3}/volumes").ok()["volumes"]) == 1


def test_a_volume_in_use_has_to_be_forced_before_3_66(cloud: Cloud) -> None:
    member = cloud.project().member
    volume = ready(cloud, member)
    attach(cloud, member, volume["id"])
    body = {"snapshot": {"volume_id": volume["id"]}}
    assert message(member.post(API, body, version="3.65"), 400) == (
        f"Invalid volume: Volume {volume['id']} status must be available, but current status is: in-use."
    )
    unforced = {"snapshot": {"volume_id": volume["id"], "force": False}}
    assert message(member.post(API, unforced, version="3.66"), 400).startswith("Since microversion 3.66 the 'force'")
    assert member.get(API).ok()["snapshots"] == []
    made(cloud, member, volume["id"], version="3.65", force=True)
    made(cloud, member, volume["id"], version="3.66")
    assert show(member, volume["id"])["status"] == "in-use"


def test_what_is_not_there_has_no_snapshot(cloud: Cloud) -> None:
    member = cloud.project().member
    answer = member.post(API, {"snapshot": {"volume_id": ABSENT}})
    assert message(answer, 404) == f"Volume {ABSENT} could not be found."
    assert message(member.get(f"{API}/{ABSENT}"), 404) == f"Snapshot {ABSENT} could not be found."
    for body in ({"name": "x"}, {"volume_id": ABSENT, "bogus": 1}, {"volume_id": ABSENT, "force": "perhaps"}):
        assert member.post(API, {"snapshot": body}).status == 400


def test_a_volume_with_snapshots_goes_only_with_them(cloud: Cloud) -> None:
    member = cloud.project().member
    volume = ready(cloud, member)
    ids = [made(cloud, member, volume["id"])["id"] for _ in range(2)]
    path = f"{V3}/volumes/{volume['id']}"
    assert "have snapshots" in message(member.delete(path), 400)
    assert "have snapshots" in message(cloud.admin.post(f"{path}/action", {"os-force_delete": {}}), 400)
    cloud.admin.post(f"{API}/{ids[0]}/action", {"os-reset_status": {"status": "creating"}}).ok(202)
    assert message(member.delete(f"{path}?cascade=true"), 400) == "Invalid volume: Failed to update snapshot."
    assert show(member, volume["id"])["status"] == "available"
    cloud.admin.post(f"{API}/{ids[0]}/action", {"os-reset_status": {"status": "error"}}).ok(202)
    assert member.delete(f"{path}?cascade=true").status == 202
    gone(cloud, member, volume["id"])
    assert not set(ids) & set(cloud.world.snapshots.keys())


def test_states_are_for_administrators(cloud: Cloud) -> None:
    member = cloud.project().member
    id = made(cloud, member, ready(cloud, member)["id"])["id"]
    reset = {"os-reset_status": {"status": "deleting"}}
    assert member.post(f"{API}/{id}/action", reset).status == 403
    assert member.post(f"{API}/{id}/action", {"os-force_delete": {}}).status == 403
    bad = message(cloud.admin.post(f"{API}/{id}/action", {"os-reset_status": {"status": "bogus"}}), 400)
    assert bad.startswith("Snapshot status: bogus is invalid, valid statuses are: ('error', 'available',")
    cloud.admin.post(f"{API}/{id}/action", {"os-reset_status": {"status": "creating"}}).ok(202)
    assert message(member.delete(f"{API}/{id}"), 400) == (
        "Invalid snapshot: Snapshot status must be available or error and must not be part of a group."
    )
    cloud.admin.post(f"{API}/{id}/action", {"os-force_delete": {}}).ok(202)
    cloud.wait(lambda: member.get(f"{API}/{id}").status == 404, "its end")


def test_who_may_do_what(cloud: Cloud) -> None:
    tenant, other = cloud.project("member", "reader"), cloud.project("member").member
    volume = ready(cloud, tenant.member)
    id = made(cloud, tenant.member, volume["id"])["id"]
    assert tenant.reader.get(f"{API}/{id}").status == 200
    assert tenant.reader.get(f"{API}/{id}/metadata").status == 200
    assert tenant.reader.post(API, {"snapshot": {"volume_id": volume["id"]}}).status == 403
    assert tenant.reader.put(f"{API}/{id}", {"snapshot": {"name": "x"}}).status == 403
    assert tenant.reader.delete(f"{API}/{id}").status == 403
    assert other.get(f"{API}/{id}").status == other.delete(f"{API}/{id}").status == 404
    assert other.post(API, {"snapshot": {"volume_id": volume["id"]}}).status == 404
    assert other.post(f"{V3}/volumes", {"volume": {"size": 1, "snapshot_id": id}}).status == 404
    assert other.get(API).ok()["snapshots"] == []
    assert id in [one["id"] for one in cloud.admin.get(f"{API}?all_tenants=1").ok()["snapshots"]]


def test_metadata(cloud: Cloud) -> None:
    member = cloud.project().member
    id = made(cloud, member, ready(cloud, member)["id"], metadata={"a": "1"})["id"]
    path = f"{API}/{id}/metadata"
    assert member.post(path, {"metadata": {"b": "2"}}).ok(200)["metadata"] == {"a": "1", "b": "2"}
    assert member.put(f"{path}/b", {"meta": {"b": "3"}}).ok(200)["meta"] == {"b": "3"}
    assert member.put(f"{path}/b", {"meta": {"c": "3"}}).status == 400
    assert member.get(f"{path}/b").ok(200)["meta"] == {"b": "3"}
    assert member.delete(f"{path}/a").status == 200
    assert message(member.get(f"{path}/a"), 404) == f"Snapshot {id} has no metadata with key a."
    assert message(member.delete(f"{path}/a"), 404) == f"Snapshot {id} has no metadata with key a."
    assert member.put(path, {"metadata": {"z": "9"}}).ok(200)["metadata"] == {"z": "9"}
    assert seen(member, id)["metadata"] == {"z": "9"}


def test_lists_are_filtered_sorted_and_cut(cloud: Cloud) -> None:
    member = cloud.project().member
    volume, other = ready(cloud, member), ready(cloud, member)
    ids = [made(cloud, member, volume["id"], name=f"s{number}")["id"] for number in range(2)]
    ids.append(made(cloud, member, other["id"], name="s2", metadata={"k": "v"})["id"])

    def listed(query: str, version: str = NEWEST) -> list[str]:
        return [one["name"] for one in member.get(f"{API}/detail?{query}", version=version).ok(200)["snapshots"]]

    assert listed("") == ["s2", "s1", "s0"]
    assert listed("sort=name:asc&limit=2") == ["s0", "s1"]
    assert listed(f"sort=name:asc&marker={ids[0]}") == ["s1", "s2"]
    assert listed(f"volume_id={volume['id']}&sort_key=name&sort_dir=asc") == ["s0", "s1"]
    assert listed("name=s1") == ["s1"] and listed("status=error") == []
    assert listed("metadata={'k': 'v'}".replace(" ", "%20")) == ["s2"]
    page = member.get(f"{API}?limit=1&with_count=true", version=NEWEST).ok(200)
    assert page["count"] == 3 and page["snapshots_links"][0]["rel"] == "next"
    assert member.get(f"{API}?bogus=x", version=NEWEST).status == 400
    assert member.get(f"{API}?sort_key=bogus", version=NEWEST).status == 400


def test_quota(cloud: Cloud) -> None:
    tenant = cloud.project()
    limits = f"{V3}/os-quota-sets/{tenant.id}"
    volume = ready(cloud, tenant.member)
    cloud.admin.put(limits, {"quota_set": {"snapshots": 1}}).ok(200)
    made(cloud, tenant.member, volume["id"])
    body = {"snapshot": {"volume_id": volume["id"]}}
    assert message(tenant.member.post(API, body), 413) == (
        "SnapshotLimitExceeded: Maximum number of snapshots allowed (1) exceeded"
    )
    cloud.admin.put(limits, {"quota_set": {"snapshots": -1, "gigabytes": 2}}).ok(200)
    assert message(tenant.member.post(API, body), 413) == (
        "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested 1G, "
        "quota is 2G and 2G has been consumed."
    )
    used = cloud.admin.get(f"{limits}?usage=true").ok(200)["quota_set"]
    assert (used["snapshots"]["in_use"], used["gigabytes"]["in_use"]) == (1, 2)
    assert len(tenant.member.get(API).ok()["snapshots"]) == 1


def test_a_pool_without_room_is_a_fault(cloud: Cloud) -> None:
    member = cloud.project().member
    volume = ready(cloud, member)
    cloud.world.faults.add("EnsureSnapshot", None, "The storage pool is full.")
    id = snap(member, volume["id"])["id"]
    cloud.wait(lambda: seen(member, id)["status"] == "error", "the fault")
    assert id not in cloud.world.snapshots
    assert member.delete(f"{API}/{id}").status == 202
    cloud.wait(lambda: member.get(f"{API}/{id}").status == 404, "its end")


def test_an_attached_volume_is_extended_since_3_42(cloud: Cloud) -> None:
    member = cloud.project().member
    volume = ready(cloud, member)
    attach(cloud, member, volume["id"])
    path = f"{V3}/volumes/{volume['id']}/action"
    body = {"os-extend": {"new_size": 2}}
    assert "status must be '{'status': 'available'}' to extend" in message(member.post(path, body, version="3.41"), 400)
    assert member.post(path, body, version="3.42").status == 202
    cloud.wait(lambda: show(member, volume["id"])["size"] == 2, "the new size")
    assert becomes(cloud, member, volume["id"], "in-use")["size"] == 2
    outside = cloud.world.volumes.get(volume["id"])
    assert outside is not None and outside.size_gib == 2


def test_an_attached_volume_that_cannot_grow_stays_attached(cloud: Cloud) -> None:
    member = cloud.project().member
    volume = ready(cloud, member)
    attachment = attach(cloud, member, volume["id"])
    fault = cloud.world.faults.add("EnsureVolume", None, "The storage pool is full.")
    member.post(f"{V3}/volumes/{volume['id']}/action", {"os-extend": {"new_size": 2}}, version=NEWEST).ok(202)
    cloud.wait(lambda: fault.struck, "the fault")
    assert becomes(cloud, member, volume["id"], "in-use")["size"] == 1
    member.delete(f"{V3}/attachments/{attachment}", version=NEWEST).ok(200)
    becomes(cloud, member, volume["id"], "available")
