"""What servers have: metadata, tags, volumes."""

from collections.abc import Iterator

import pytest

from tests.api.server_kit import V2, VOLUMES, Kit, fault, kit
from tests.cloud import Cloud


@pytest.fixture(scope="module")
def mine(cloud: Cloud) -> Iterator[Kit]:
    yield kit(cloud)


@pytest.fixture(scope="module")
def server(mine: Kit) -> str:
    return mine.server()


def test_metadata(mine: Kit, server: str) -> None:
    path = f"{V2}/servers/{server}/metadata"
    assert mine.member.post(path, {"metadata": {"a": "1", "b": "2"}}).ok(200) == {"metadata": {"a": "1", "b": "2"}}
    assert mine.member.put(f"{path}/a", {"meta": {"a": "3"}}).ok(200) == {"meta": {"a": "3"}}
    assert mine.member.get(f"{path}/a").ok(200) == {"meta": {"a": "3"}}
    assert fault(mine.member.put(f"{path}/a", {"meta": {"b": "3"}})) == (400, "Request body and URI mismatch")
    mine.member.delete(f"{path}/b").ok(204)
    assert fault(mine.member.delete(f"{path}/b")) == (404, "Metadata item was not found")
    assert mine.member.put(path, {"metadata": {"c": "4"}}).ok(200) == {"metadata": {"c": "4"}}
    assert mine.member.get(path).ok(200) == {"metadata": {"c": "4"}}
    many = {"metadata": {f"k{number}": "v" for number in range(129)}}
    assert fault(mine.member.put(path, many)) == (403, "Maximum number of metadata items exceeds 128")
    assert mine.member.get(path).ok(200) == {"metadata": {"c": "4"}}
    assert mine.tenant.reader.put(path, {"metadata": {}}).status == 403


def test_tags(mine: Kit, server: str) -> None:
    path = f"{V2}/servers/{server}/tags"
    new = mine.member.put(f"{path}/blue", version="2.26")
    assert new.status == 201 and new.headers["location"].endswith("/tags/blue")
    assert mine.member.put(f"{path}/blue", version="2.26").status == 204
    assert mine.member.get(f"{path}/blue", version="2.26").status == 204
    assert fault(mine.member.get(f"{path}/x", version="2.26")) == (404, f"Server {server} has no tag 'x'")
    assert mine.member.put(path, {"tags": ["z", "a", "a"]}, version="2.26").ok(200) == {"tags": ["a", "z"]}
    mine.member.delete(f"{path}/z", version="2.26").ok(204)
    assert fault(mine.member.delete(f"{path}/z", version="2.26")) == (404, f"Instance {server} has no tag 'z'")
    mine.member.delete(path, version="2.26").ok(204)
    assert mine.member.get(path, version="2.26").ok(200) == {"tags": []}
    assert fault(mine.member.get(path)) == (404, "The resource could not be found.")
    assert mine.member.put(f"{path}/a,b", version="2.26").status == 400


def test_a_volume_comes_and_goes(mine: Kit, cloud: Cloud, server: str) -> None:
    volume = mine.volume()
    path = f"{V2}/servers/{server}/os-volume_attachments"
    body = {"volumeAttachment": {"volumeId": volume, "tag": "data", "delete_on_termination": False}}
    answer = mine.member.post(path, body, version="2.79").ok(200)["volumeAttachment"]
    assert answer == {
        "id": volume,
        "volumeId": volume,
        "serverId": server,
        "device": "/dev/vdb",
        "tag": "data",
        "delete_on_termination": False,
    }
    mine.volume_is(volume, "in-use")
    found = cloud.world.guests.get(f"{cloud.first_host}/{server}")
    assert found is not None and [disk.volume_id for disk in found.spec.volumes] == [volume]
    assert mine.show(server)["os-extended-volumes:volumes_attached"] == [{"id": volume, "delete_on_termination": False}]
    assert "delete_on_termination" not in str(mine.show(server, version="2.1")["os-extended-volumes:volumes_attached"])
    twice = mine.member.post(path, {"volumeAttachment": {"volumeId": volume}})
    assert fault(twice) == (400, f"Invalid volume: volume {volume} is already attached to instances: {server}")
    late = mine.member.get(f"{path}/{volume}", version="2.89").ok(200)["volumeAttachment"]
    assert set(late) == {"volumeId", "serverId", "device", "tag", "delete_on_termination", "attachment_id", "bdm_uuid"}
    kept = {"volumeAttachment": {"volumeId": volume, "delete_on_termination": True}}
    mine.member.put(f"{path}/{volume}", kept, version="2.85").ok(202)
    assert mine.member.get(f"{path}/{volume}", version="2.79").ok(200)["volumeAttachment"]["delete_on_termination"]
    mine.member.delete(f"{path}/{volume}").ok(202)
    mine.volume_is(volume, "available")
    assert mine.member.get(path).ok(200) == {"volumeAttachments": []}
    assert fault(mine.member.delete(f"{path}/{volume}")) == (
        404,
        f"Instance {server} is not attached to volume {volume}",
    )


def test_several_volumes_at_once(mine: Kit, cloud: Cloud, server: str) -> None:
    volumes = [mine.volume() for _ in range(3)]
    path = f"{V2}/servers/{server}/os-volume_attachments"
    for volume in volumes:
        assert mine.member.post(path, {"volumeAttachment": {"volumeId": volume}}, version="2.101").status == 202
    for volume in volumes:
        mine.volume_is(volume, "in-use")
    devices = [one["device"] for one in mine.member.get(path).ok(200)["volumeAttachments"]]
    assert devices == ["/dev/vdb", "/dev/vdc", "/dev/vdd"]
    for volume in volumes:
        mine.member.delete(f"{path}/{volume}").ok(202)
    for volume in volumes:
        mine.volume_is(volume, "available")


def test_a_volume_that_the_guest_will_not_take_is_free_again(mine: Kit, cloud: Cloud, server: str) -> None:
    volume = mine.volume()
    cloud.world.faults.add("EnsureDomain", text="No room for another disk.")
    path = f"{V2}/servers/{server}/os-volume_attachments"
    mine.member.post(path, {"volumeAttachment": {"volumeId": volume}}).ok(200)
    mine.volume_is(volume, "available")
    cloud.world.faults.clear()
    assert mine.member.get(path).ok(200) == {"volumeAttachments": []}
    assert mine.show(server)["status"] == "ACTIVE"


def test_a_deleted_server_gives_its_volumes_back(mine: Kit) -> None:
    id, volume = mine.server(), mine.volume()
    path = f"{V2}/servers/{id}/os-volume_attachments"
    mine.member.post(path, {"volumeAttachment": {"volumeId": volume}}).ok(200)
    mine.volume_is(volume, "in-use")
    mine.gone(id)
    mine.volume_is(volume, "available")


def test_a_volume_may_go_with_its_server(mine: Kit) -> None:
    id, volume = mine.server(), mine.volume()
    path = f"{V2}/servers/{id}/os-volume_attachments"
    body = {"volumeAttachment": {"volumeId": volume, "delete_on_termination": True}}
    mine.member.post(path, body, version="2.79").ok(200)
    mine.volume_is(volume, "in-use")
    mine.gone(id)
    mine.cloud.wait(lambda: mine.member.get(f"{VOLUMES}/volumes/{volume}").status == 404, "the end of the volume")


def test_a_strangers_volume_is_none(mine: Kit, cloud: Cloud, server: str) -> None:
    other = kit(cloud)
    volume = other.volume()
    path = f"{V2}/servers/{server}/os-volume_attachments"
    answer = mine.member.post(path, {"volumeAttachment": {"volumeId": volume}})
    assert fault(answer) == (404, f"Volume {volume} could not be found.")
    assert other.member.get(f"{VOLUMES}/volumes/{volume}").ok(200)["volume"]["status"] == "available"
