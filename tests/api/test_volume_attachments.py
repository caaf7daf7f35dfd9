"""Attachments made by hand."""

from typing import Any

from tests.api.volume_setup import NEWEST, OTHER_SERVER, SERVER, V3, becomes, message, ready, show
from tests.cloud import Client, Cloud


def reserve(client: Client, volume: str, **more: Any) -> Any:
    return client.post(f"{V3}/attachments", {"attachment": {"volume_uuid": volume} | more}, version=NEWEST)


def connect(client: Client, id: str, host: str = "host") -> Any:
    body = {"attachment": {"connector": {"host": host, "mountpoint": "/dev/vdb"}}}
    return client.put(f"{V3}/attachments/{id}", body, version=NEWEST)


def complete(client: Client, id: str) -> Any:
    return client.post(f"{V3}/attachments/{id}/action", {"os-complete": {}}, version=NEWEST)


def test_reserve_connect_complete_end(cloud: Cloud) -> None:
    member = cloud.project().member
    volume = ready(cloud, member)["id"]
    made = reserve(member, volume, instance_uuid=SERVER).ok(200)["attachment"]
    assert made == {
        "id": made["id"],
        "status": "reserved",
        "instance": SERVER,
        "volume_id": volume,
        "attached_at": "",
        "detached_at": "",
        "attach_mode": "null",
        "connection_info": {},
    }
    assert (show(member, volume)["status"], show(member, volume)["attachments"]) == ("reserved", [])
    connected = connect(member, made["id"]).ok(200)["attachment"]
    assert connected["connection_info"]["driver_volume_type"] == "local"
    assert connected["connection_info"]["device_path"] == f"/sim/volumes/{volume}"
    assert show(member, volume)["status"] == "attaching"
    assert cloud.world.volumes.get(volume).hosts == ["host"]
    assert complete(member, made["id"]).status == 204
    used = show(member, volume)
    assert used["status"] == "in-use"
    [held] = used["attachments"]
    assert (held["attachment_id"], held["server_id"], held["device"]) == (made["id"], SERVER, "/dev/vdb")
    assert held["host_name"] is None and show(cloud.admin, volume)["attachments"][0]["host_name"] == "host"
    path = f"{V3}/attachments/{made['id']}"
    assert member.get(path, version=NEWEST).ok(200)["attachment"]["attach_mode"] == "rw"
    assert member.delete(path, version=NEWEST).ok(200) == {"attachments": []}
    becomes(cloud, member, volume, "available")
    assert member.get(path, version=NEWEST).status == 404
    assert cloud.world.volumes.get(volume).hosts == []


def test_with_a_connector_at_once(cloud: Cloud) -> None:
    member = cloud.project().member
    volume = ready(cloud, member)["id"]
    made = reserve(member, volume, connector={"host": "host"}, mode="ro").ok(200)["attachment"]
    assert (made["attach_mode"], made["connection_info"]["access_mode"]) == ("ro", "ro")
    assert message(connect(member, made["id"]), 409) == f"Volume attachment {made['id']} is connected already."


def test_a_pool_that_cannot_export(cloud: Cloud) -> None:
    member = cloud.project().member
    volume = ready(cloud, member)["id"]
    cloud.world.faults.add("EnsureExport", text="No way to that host.")
    assert message(reserve(member, volume, connector={"host": "host"}), 500) == "No way to that host."
    becomes(cloud, member, volume, "available")
    made = reserve(member, volume).ok(200)["attachment"]
    cloud.world.faults.add("EnsureExport", text="No way to that host.")
    assert message(connect(member, made["id"]), 500) == "No way to that host."
    assert member.get(f"{V3}/attachments/{made['id']}", version=NEWEST).json["attachment"]["status"] == "reserved"
    connect(member, made["id"]).ok(200)


def test_one_holds_a_plain_volume(cloud: Cloud) -> None:
    member = cloud.project().member
    volume = ready(cloud, member)["id"]
    first = reserve(member, volume, instance_uuid=SERVER).ok(200)["attachment"]
    assert message(reserve(member, volume, instance_uuid=OTHER_SERVER), 400) == (
        f"Invalid volume: Volume {volume} status must be available or downloading to reserve, but the current status "
        "is reserved."
    )
    again = reserve(member, volume, instance_uuid=SERVER).ok(200)["attachment"]
    refused = member.delete(f"{V3}/volumes/{volume}")
    assert message(refused, 400).startswith("Invalid volume: Volume status must be available or error")
    left = member.delete(f"{V3}/attachments/{again['id']}", version=NEWEST).ok(200)["attachments"]
    assert [one["id"] for one in left] == [first["id"]]
    assert show(member, volume)["status"] == "reserved"
    member.delete(f"{V3}/attachments/{first['id']}", version=NEWEST).ok(200)
    assert show(member, volume)["status"] == "available"


def test_many_hold_a_volume_that_is_for_many(cloud: Cloud) -> None:
    member = cloud.project().member
    kind = {"volume_type": {"name": "many", "extra_specs": {"multiattach": "<is> True"}}}
    cloud.admin.post(f"{V3}/types", kind).ok(200)
    volume = ready(cloud, member, volume_type="many")["id"]
    held = [reserve(member, volume, connector={"host": "host"}).ok(200)["attachment"]["id"] for _ in range(2)]
    for id in held:
        complete(member, id).ok(204)
    assert len(show(member, volume)["attachments"]) == 2
    member.delete(f"{V3}/attachments/{held[0]}", version=NEWEST).ok(200)
    cloud.wait(lambda: len(show(member, volume)["attachments"]) == 1, "one left")
    assert show(member, volume)["status"] == "in-use"
    assert cloud.world.volumes.get(volume).hosts == ["host"]


def test_who_may(cloud: Cloud) -> None:
    tenant, other = cloud.project(), cloud.project()
    volume = ready(cloud, tenant.member)["id"]
    assert message(reserve(tenant.reader, volume), 403) == (
        "Policy doesn't allow volume:attachment_create to be performed."
    )
    assert message(reserve(other.member, volume), 404) == f"Volume {volume} could not be found."
    made = reserve(tenant.member, volume).ok(200)["attachment"]
    path = f"{V3}/attachments/{made['id']}"
    sentence = f"Volume attachment could not be found with filter: attachment_id = {made['id']}."
    assert message(other.member.get(path, version=NEWEST), 404) == sentence
    assert message(other.member.delete(path, version=NEWEST), 404) == sentence
    assert message(connect(other.member, made["id"]), 404) == sentence
    assert tenant.reader.get(path, version=NEWEST).status == 200
    assert tenant.reader.delete(path, version=NEWEST).status == 403


def test_what_is_not_connected_is_not_complete(cloud: Cloud) -> None:
    member = cloud.project().member
    made = reserve(member, ready(cloud, member)["id"]).ok(200)["attachment"]
    assert complete(member, made["id"]).status == 400
    assert member.get(f"{V3}/attachments/{made['id']}", version=NEWEST).json["attachment"]["status"] == "reserved"


def test_microversions(cloud: Cloud) -> None:
    answer = cloud.admin.get(f"{V3}/attachments", version="3.26")
    assert answer.json == {"itemNotFound": {"code": 404, "message": "The resource could not be found."}}
    member = cloud.project().member
    volume = ready(cloud, member)["id"]
    body = {"attachment": {"volume_uuid": volume, "mode": "rw"}}
    assert "'mode' was unexpected" in message(member.post(f"{V3}/attachments", body, version="3.53"), 400)
    made = member.post(f"{V3}/attachments", body, version="3.54").ok(200)["attachment"]
    path = f"{V3}/attachments/{made['id']}/action"
    assert member.post(path, {"os-complete": {}}, version="3.43").status == 404


def test_lists(cloud: Cloud) -> None:
    tenant = cloud.project()
    member = tenant.member
    first, second = (ready(cloud, member)["id"] for _ in range(2))
    reserve(member, first, instance_uuid=SERVER).ok(200)
    reserve(member, second).ok(200)

    def volumes(query: str, client: Client = member) -> list[str]:
        found = client.get(f"{V3}/attachments?{query}", version=NEWEST).ok(200)["attachments"]
        return [one["volume_id"] for one in found]

    assert volumes("") == [second, first]
    assert volumes(f"instance_id={SERVER}") == [first]
    assert volumes(f"volume_id={second}") == [second]
    assert volumes("status=attached") == []
    assert volumes("sort=created_at:asc&limit=1") == [first]
    assert first in volumes("all_tenants=1", cloud.admin) and volumes("") == [second, first]
    assert volumes("", cloud.project().member) == []
    [whole, _] = member.get(f"{V3}/attachments/detail", version=NEWEST).ok(200)["attachments"]
    assert whole["connection_info"] == {}
    page = member.get(f"{V3}/attachments?limit=1", version=NEWEST).ok(200)
    assert page["attachments_links"][0]["rel"] == "next"
    marker = page["attachments"][0]["id"]
    assert volumes(f"marker={marker}") == [first]
    assert message(member.get(f"{V3}/attachments?marker=x", version=NEWEST), 404)
    assert message(member.get(f"{V3}/attachments?bogus=x", version=NEWEST), 400)
