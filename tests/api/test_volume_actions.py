"""Actions on volumes, and their metadata."""

import pytest

from tests.api.volume_setup import NEWEST, V3, becomes, message, ready, show
from tests.cloud import Client, Cloud


def act(client: Client, id: str, name: str, body: object, version: str | None = None) -> object:
    return client.post(f"{V3}/volumes/{id}/action", {name: body}, version=version)


def test_a_volume_grows(cloud: Cloud) -> None:
    member = cloud.project().member
    id = ready(cloud, member)["id"]
    refused = act(member, id, "os-extend", {"new_size": 1})
    assert message(refused, 400) == (
        "Invalid input received: New size for extend must be greater than current size. (current: 1, extended: 1)."
    )
    assert act(member, id, "os-extend", {"new_size": "3"}).status == 202
    cloud.wait(lambda: show(member, id)["size"] == 3, "3 GiB")
    assert show(member, id)["status"] == "available"
    assert cloud.world.volumes.get(id).size_gib == 3


def test_a_volume_that_cannot_grow_says_so(cloud: Cloud) -> None:
    member = cloud.project().member
    id = ready(cloud, member)["id"]
    cloud.world.faults.add("EnsureVolume", f"volume/{id}")
    act(member, id, "os-extend", {"new_size": 2}).ok(202)
    assert becomes(cloud, member, id, "error_extending")["size"] == 1
    refused = act(member, id, "os-extend", {"new_size": 2})
    assert message(refused, 400) == (
        f"Invalid volume: Volume {id} status must be '{{'status': 'available'}}' to extend, currently error_extending."
    )


def test_flags(cloud: Cloud) -> None:
    tenant = cloud.project()
    member = tenant.member
    id = ready(cloud, member)["id"]
    assert show(member, id)["bootable"] == "false"
    act(member, id, "os-set_bootable", {"bootable": "yes"}).ok(200)
    assert show(member, id)["bootable"] == "true"
    act(member, id, "os-update_readonly_flag", {"readonly": True}).ok(202)
    assert show(member, id)["metadata"] == {"readonly": "True"}
    assert "is not one of [True, 'True'" in message(act(member, id, "os-set_bootable", {"bootable": "x"}), 400)
    assert act(tenant.reader, id, "os-set_bootable", {"bootable": False}).status == 403


def test_unknown_actions(cloud: Cloud) -> None:
    member = cloud.project().member
    id = ready(cloud, member)["id"]
    assert message(act(member, id, "bogus", {}), 400) == (
        "There is no such action: bogus. Verify the request body and Content-Type header and try again."
    )
    assert act(member, id, "os-migrate_volume", {}).status == 400


def test_an_administrator_sets_the_state(cloud: Cloud) -> None:
    member = cloud.project().member
    id = ready(cloud, member)["id"]
    assert act(member, id, "os-reset_status", {"status": "error"}).status == 403
    act(cloud.admin, id, "os-reset_status", {"status": "error"}).ok(202)
    assert show(member, id)["status"] == "error"
    refused = act(cloud.admin, id, "os-reset_status", {"status": "in-use"})
    assert message(refused, 400) == "Cannot reset-state to in-use because volume does not have any attachments."
    assert message(act(cloud.admin, id, "os-reset_status", {}), 400) == (
        "Must specify 'status', 'attach_status' or 'migration_status' for update."
    )
    assert message(act(cloud.admin, id, "os-reset_status", {"status": "bogus"}), 400).startswith(
        "Volume status: bogus is invalid, valid statuses are: ('creating', 'available', 'deleting', 'error'"
    )
    act(cloud.admin, id, "os-reset_status", {"status": "available"}).ok(202)
    assert show(member, id)["status"] == "available"


def test_metadata(cloud: Cloud) -> None:
    tenant = cloud.project()
    member = tenant.member
    id = ready(cloud, member)["id"]
    path = f"{V3}/volumes/{id}/metadata"
    assert member.post(path, {"metadata": {"a": "1", "b": "2"}}).ok(200) == {"metadata": {"a": "1", "b": "2"}}
    assert member.put(f"{path}/a", {"meta": {"a": "3"}}).ok(200) == {"meta": {"a": "3"}}
    assert member.get(f"{path}/a").ok(200) == {"meta": {"a": "3"}}
    assert message(member.put(f"{path}/a", {"meta": {"b": "3"}}), 400) == "Request body and URI mismatch"
    assert member.get(path).ok(200) == {"metadata": {"a": "3", "b": "2"}}
    assert member.delete(f"{path}/a").status == 200
    assert message(member.delete(f"{path}/a"), 404) == f"Volume {id} has no metadata with key a."
    assert member.put(path, {"metadata": {"c": "4"}}).ok(200) == {"metadata": {"c": "4"}}
    assert tenant.reader.get(path).ok(200) == {"metadata": {"c": "4"}}
    assert tenant.reader.put(path, {"metadata": {}}).status == 403
    assert cloud.project().member.get(path).status == 404


def test_image_metadata(cloud: Cloud) -> None:
    member = cloud.project().member
    id = ready(cloud, member)["id"]
    sentence = f"Glance metadata for volume/snapshot {id} cannot be found."
    assert message(act(member, id, "os-show_image_metadata", {}), 404) == sentence
    body = {"metadata": {"hw_disk_bus": "scsi"}}
    assert act(member, id, "os-set_image_metadata", body).ok(200) == body
    assert act(member, id, "os-show_image_metadata", None).ok(200) == body
    assert show(member, id)["volume_image_metadata"] == body["metadata"]
    act(member, id, "os-unset_image_metadata", {"key": "hw_disk_bus"}).ok(200)
    assert message(act(member, id, "os-unset_image_metadata", {"key": "hw_disk_bus"}), 404) == sentence


@pytest.fixture
def image(cloud: Cloud) -> dict[str, object]:
    body = {
        "name": "img",
        "disk_format": "raw",
        "container_format": "bare",
        "hw_disk_bus": "scsi",
        "visibility": "public",
    }
    made = cloud.admin.post("/image/v2/images", body).ok(201)
    cloud.admin.put(f"/image/v2/images/{made['id']}/file", b"\x00" * 1024).ok(204)
    return made


def test_a_volume_of_an_image(cloud: Cloud, image: dict[str, str]) -> None:
    member = cloud.project().member
    made = ready(cloud, member, imageRef=image["id"])
    assert made["bootable"] == "true"
    kept = made["volume_image_metadata"]
    assert (kept["image_id"], kept["image_name"], kept["hw_disk_bus"]) == (image["id"], "img", "scsi")
    assert (kept["disk_format"], kept["size"]) == ("raw", "1024")
    assert cloud.world.volumes.get(made["id"]).image_id == image["id"]


def test_an_image_that_needs_more_room(cloud: Cloud, image: dict[str, str]) -> None:
    change = [{"op": "replace", "path": "/min_disk", "value": 2}]
    headers = {"content-type": "application/openstack-images-v2.1-json-patch"}
    cloud.admin.call("PATCH", f"/image/v2/images/{image['id']}", change, headers=headers).ok(200)
    member = cloud.project().member
    answer = member.post(f"{V3}/volumes", {"volume": {"size": 1, "imageRef": image["id"]}}, version=NEWEST)
    assert message(answer, 400) == (
        "Invalid input received: Volume size 1GB cannot be smaller than the image minDisk size 2GB."
    )
