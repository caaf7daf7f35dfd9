"""Servers that boot from volumes, and what becomes of the volumes."""

from typing import Any

import pytest

from tests.api import server_kit
from tests.api.server_kit import V2, VOLUMES, Kit, fault
from tests.cloud import Cloud, Response

ABSENT = "11111111-2222-3333-4444-555555555555"
SEQUENCE = "Boot sequence for the instance and image/block device mapping combination is not valid."


@pytest.fixture
def kit(cloud: Cloud) -> Kit:
    return server_kit.kit(cloud)


def root(source: str, id: str | None, **more: Any) -> dict[str, Any]:
    """The root disk of a new server."""
    asked = {"source_type": source, "destination_type": "volume", "boot_index": 0} | more
    return asked | ({} if id is None else {"uuid": id})


def ask(kit: Kit, *disks: dict[str, Any], version: str = "2.96", **more: Any) -> Response:
    """Ask for a server with these disks and no image."""
    body = kit.ask(block_device_mapping_v2=list(disks), **more)
    if "imageRef" not in more:
        del body["server"]["imageRef"]
    return kit.member.post(f"{V2}/servers", body, version=version)


def server(kit: Kit, *disks: dict[str, Any], **more: Any) -> str:
    """A server that runs from these disks; gives its id."""
    id = ask(kit, *disks, **more).ok(202)["server"]["id"]
    kit.rest(id)
    return id


def attached(kit: Kit, id: str) -> list[dict[str, Any]]:
    """The volumes of a server."""
    path = f"{V2}/servers/{id}/os-volume_attachments"
    return kit.member.get(path, version="2.96").ok(200)["volumeAttachments"]


def volumes(kit: Kit) -> dict[str, str]:
    """The project's volumes with their states."""
    found = kit.member.get(f"{VOLUMES}/volumes/detail").ok(200)["volumes"]
    return {one["id"]: one["status"] for one in found}


def bootable(kit: Kit, **more: Any) -> str:
    """A volume of the image; gives its id."""
    body = {"volume": {"size": 1, "imageRef": kit.image} | more}
    id = kit.member.post(f"{VOLUMES}/volumes", body).ok(202)["volume"]["id"]
    kit.volume_is(id, "available")
    return id


def snapshot(kit: Kit, volume: str) -> str:
    """A snapshot of a volume; gives its id."""
    id = kit.member.post(f"{VOLUMES}/snapshots", {"snapshot": {"volume_id": volume}}).ok(202)["snapshot"]["id"]
    path = f"{VOLUMES}/snapshots/{id}"
    kit.cloud.wait(lambda: kit.member.get(path).ok(200)["snapshot"]["status"] == "available", "the snapshot")
    return id


@pytest.mark.parametrize("gone", [True, False])
def test_an_image_becomes_a_volume_that_goes_or_stays(kit: Kit, gone: bool) -> None:
    id = server(kit, root("image", kit.image, volume_size=2, delete_on_termination=gone))
    shown = kit.show(id)
    assert shown["image"] == ""
    (one,) = attached(kit, id)
    assert (one["device"], one["delete_on_termination"]) == ("/dev/vda", gone)
    assert shown["os-extended-volumes:volumes_attached"] == [
        {"id": one["volume_id"] if "volume_id" in one else one["volumeId"], "delete_on_termination": gone}
    ]
    volume = kit.member.get(f"{VOLUMES}/volumes/{one['volumeId']}").ok(200)["volume"]
    assert (volume["size"], volume["status"], volume["bootable"]) == (2, "in-use", "true")
    guest = kit.cloud.world.find(id)[0]
    assert guest.spec.root.volume_id == one["volumeId"] and guest.spec.volumes == ()  # type: ignore[union-attr]
    kit.gone(id)
    kit.cloud.wait(lambda: volumes(kit) == ({} if gone else {one["volumeId"]: "available"}), "the volume's fate")
    if not gone:
        again = server(kit, root("volume", one["volumeId"]))
        assert attached(kit, again)[0]["volumeId"] == one["volumeId"]


def test_from_a_volume_and_from_a_snapshot(kit: Kit) -> None:
    volume = bootable(kit)
    kit.cloud.world.scribble(volume, "kept")
    kept = snapshot(kit, volume)
    first = server(kit, root("volume", volume))
    assert attached(kit, first)[0]["volumeId"] == volume and volumes(kit)[volume] == "in-use"
    second = server(kit, root("snapshot", kept, delete_on_termination=True))
    copy = attached(kit, second)[0]["volumeId"]
    outside = kit.cloud.world.volumes.get(copy)
    assert copy != volume and outside is not None and outside.content == "kept"
    kit.gone(second)
    kit.cloud.wait(lambda: volumes(kit) == {volume: "in-use"}, "the end of the copy")
    kit.gone(first)
    kit.cloud.wait(lambda: volumes(kit) == {volume: "available"}, "the volume is free")


@pytest.mark.parametrize(
    ("needed", "status"), [("\u00b2", 202), ("9" * 255, 400), ("1", 202)], ids=["raised", "huge", "1"]
)
def test_the_memory_that_a_volumes_image_needs(kit: Kit, needed: str, status: int) -> None:
    volume = bootable(kit)
    said = {"os-set_image_metadata": {"metadata": {"min_ram": needed}}}
    kit.member.post(f"{VOLUMES}/volumes/{volume}/action", said).ok(200)
    answer = ask(kit, root("volume", volume))
    assert answer.status == status, answer.body
    if status == 202:
        kit.rest(answer.json["server"]["id"])


def test_more_volumes_beside_the_image(kit: Kit) -> None:
    volume = kit.volume()
    blank = {"source_type": "blank", "destination_type": "volume", "volume_size": 3, "delete_on_termination": True}
    beside = {"source_type": "volume", "destination_type": "volume", "uuid": volume, "tag": "data", "boot_index": None}
    image = {"source_type": "image", "destination_type": "local", "uuid": kit.image, "boot_index": 0}
    id = server(kit, image, blank, beside, imageRef=kit.image)
    assert kit.show(id)["image"]["id"] == kit.image
    found = {one["device"]: one for one in attached(kit, id)}
    assert list(found) == ["/dev/vdb", "/dev/vdc"]
    assert (found["/dev/vdc"]["volumeId"], found["/dev/vdc"]["tag"]) == (volume, "data")
    assert volumes(kit)[volume] == "in-use"
    path = f"{V2}/servers/{id}/os-volume_attachments/{volume}"
    assert kit.member.delete(path).status == 202
    kit.volume_is(volume, "available")
    kit.gone(id)
    kit.cloud.wait(lambda: volumes(kit) == {volume: "available"}, "the end of the blank one")


def test_the_root_volume_stays(kit: Kit) -> None:
    id = server(kit, root("image", kit.image, volume_size=1))
    volume = attached(kit, id)[0]["volumeId"]
    path = f"{V2}/servers/{id}/os-volume_attachments/{volume}"
    assert fault(kit.member.delete(path)) == (403, "Cannot detach a root device volume")
    body = {"volumeAttachment": {"volumeId": volume, "delete_on_termination": True}}
    assert kit.member.put(path, body, version="2.84").status == 400
    assert kit.member.put(path, body, version="2.85").status == 202
    assert attached(kit, id)[0]["delete_on_termination"] is True
    kit.gone(id)
    kit.cloud.wait(lambda: volumes(kit) == {}, "the end of the volume")


def test_it_stops_starts_and_reboots(kit: Kit) -> None:
    id = server(kit, root("image", kit.image, volume_size=1))
    kit.act(id, {"os-stop": None})
    kit.rest(id, "SHUTOFF")
    kit.act(id, {"os-start": None})
    kit.rest(id)
    kit.act(id, {"reboot": {"type": "HARD"}})
    kit.rest(id)
    assert len(attached(kit, id)) == 1


def test_a_flavor_without_a_disk_is_for_volumes(kit: Kit) -> None:
    flavor = {"name": "diskless", "ram": 64, "vcpus": 1, "disk": 0}
    made = kit.cloud.admin.post(f"{V2}/flavors", {"flavor": flavor}).ok(200)["flavor"]["id"]
    assert kit.member.post(f"{V2}/servers", kit.ask(flavorRef=made)).status == 403
    server(kit, root("image", kit.image, volume_size=1, delete_on_termination=True), flavorRef=made)


def test_what_cannot_be_mapped_is_refused_and_nothing_is_made(kit: Kit) -> None:
    plain = kit.volume()
    kept = snapshot(kit, plain)
    local = {"source_type": "image", "destination_type": "local", "uuid": kit.image, "boot_index": 0}
    invalid = "Block Device Mapping is Invalid: "
    cases: list[tuple[list[dict[str, Any]], dict[str, Any], str]] = [
        ([], {}, "Missing imageRef attribute"),
        ([local], {}, f"{invalid}Mapping image to local is not supported."),
        ([{"boot_index": 0}], {}, f"{invalid}Missing device UUID."),
        (
            [root("blank", None)],
            {"imageRef": kit.image},
            "Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size",
        ),
        (
            [root("image", kit.image)],
            {},
            "Images with destination_type 'volume' need to have a non-zero size specified",
        ),
        ([root("image", ABSENT, volume_size=1)], {}, f"{invalid}failed to get image {ABSENT}."),
        ([root("volume", ABSENT)], {}, f"Volume {ABSENT} could not be found."),
        ([root("snapshot", ABSENT)], {}, f"{invalid}failed to get snapshot {ABSENT}."),
        ([root("volume", plain)], {}, f"Block Device {plain} is not bootable."),
        ([root("snapshot", kept)], {}, f"Block Device {kept} is not bootable."),
        ([root("image", kit.image, volume_size=1, boot_index=1)], {}, SEQUENCE),
        ([root("image", kit.image, volume_size=1), root("image", kit.image, volume_size=1)], {}, SEQUENCE),
        ([root("image", kit.image, volume_size=1, boot_index=None)], {}, SEQUENCE),
        (
            [root("volume", plain, boot_index=None)],
            {"imageRef": kit.image, "min_count": 2},
            "Cannot attach one or more volumes to multiple instances",
        ),
        (
            [root("image", kit.image, volume_size=1, volume_type="nonesuch")],
            {},
            "Volume type with name nonesuch could not be found.",
        ),
    ]
    for disks, more, sentence in cases:
        assert fault(ask(kit, *disks, **more)) == (400, sentence)
    assert kit.member.get(f"{V2}/servers").ok(200)["servers"] == []
    assert volumes(kit) == {plain: "available"}


def test_a_volume_that_others_have_is_refused(kit: Kit) -> None:
    volume = bootable(kit)
    server(kit, root("volume", volume))
    status, sentence = fault(ask(kit, root("volume", volume)))
    assert status == 400 and "is already attached to instances" in sentence


def test_a_foreign_volume_is_none(kit: Kit) -> None:
    other = server_kit.kit(kit.cloud)
    volume = bootable(other)
    assert fault(ask(kit, root("volume", volume))) == (400, f"Volume {volume} could not be found.")


def test_a_volume_that_cannot_be_made_is_the_servers_fault(kit: Kit) -> None:
    kit.cloud.world.faults.add("EnsureVolume", None, "The storage pool is full.")
    id = ask(kit, root("image", kit.image, volume_size=1, delete_on_termination=True)).ok(202)["server"]["id"]
    shown = kit.rest(id, "ERROR")
    assert shown["fault"]["message"] == "The storage pool is full."
    kit.cloud.wait(lambda: volumes(kit) == {}, "the end of the volume")
    assert attached(kit, id) == []
    kit.gone(id)


def test_a_boot_that_fails_gives_the_volumes_back(kit: Kit) -> None:
    volume = bootable(kit)
    kit.cloud.world.faults.add("EnsureDomain", None, "The guest could not be started.")
    beside = {"source_type": "blank", "destination_type": "volume", "volume_size": 1}
    id = ask(kit, root("volume", volume, delete_on_termination=True), beside).ok(202)["server"]["id"]
    kit.rest(id, "ERROR")
    kit.cloud.wait(lambda: sorted(volumes(kit).values()) == ["available", "available"], "both volumes")
    assert volume in volumes(kit)
    kit.gone(id)
    assert volume in volumes(kit)


def test_a_server_that_is_deleted_while_its_volume_is_made(kit: Kit) -> None:
    hanging = kit.cloud.world.faults.add("EnsureVolume", None, hang=True)
    id = ask(kit, root("image", kit.image, volume_size=1, delete_on_termination=True)).ok(202)["server"]["id"]
    kit.cloud.wait(lambda: hanging.struck, "the volume")
    kit.gone(id)
    hanging.release()
    kit.cloud.wait(lambda: volumes(kit) == {}, "the end of the volume")


def test_its_image_is_not_made(kit: Kit) -> None:
    id = server(kit, root("image", kit.image, volume_size=1))
    answer = kit.member.post(f"{V2}/servers/{id}/action", {"createImage": {"name": "x"}})
    assert answer.status == 400
    assert kit.rest(id)["OS-EXT-STS:task_state"] is None


def test_a_host_that_refuses_loses_the_volumes_too() -> None:
    cloud = Cloud(hosts=2)
    try:
        kit = server_kit.kit(cloud)
        cloud.world.faults.add("EnsureDomain", None, "The guest could not be started.")
        id = server(kit, root("image", kit.image, volume_size=1))
        (guest,) = cloud.world.find(id)
        volume = cloud.world.volumes.get(attached(kit, id)[0]["volumeId"])
        assert volume is not None and volume.hosts == [guest.host]
    finally:
        cloud.close()
