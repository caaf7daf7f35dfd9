"""Images of servers: made of their root disks, booted again, given up."""

import asyncio
from typing import Any

import pytest

from tests.api import server_kit
from tests.api.server_kit import V2, Kit
from tests.cloud import Cloud, Response

IMAGES = "/image/v2/images"


@pytest.fixture
def kit(cloud: Cloud) -> Kit:
    return server_kit.kit(cloud)


def ask(kit: Kit, id: str, *, version: str = "2.96", **more: Any) -> Response:
    """Ask for an image of a server."""
    return kit.member.post(f"{V2}/servers/{id}/action", {"createImage": {"name": "kept"} | more}, version=version)


def image(kit: Kit, id: str) -> dict[str, Any]:
    """An image as it is now."""
    return kit.member.get(f"{IMAGES}/{id}").ok(200)


def active(kit: Kit, id: str) -> dict[str, Any]:
    """An image once it has its bytes."""
    kit.cloud.wait(lambda: image(kit, id)["status"] == "active", "the image")
    return image(kit, id)


def begun(kit: Kit, id: str) -> str:
    """An image that is being made."""
    return ask(kit, id).ok(202)["image_id"]


def no_copies(kit: Kit) -> None:
    """Wait until the host keeps no copy."""
    kit.cloud.wait(lambda: not kit.cloud.world.copies.keys(), "the end of the copy")


def test_an_image_says_what_it_is_of(kit: Kit) -> None:
    id = kit.server(metadata={"not": "kept"})
    made = active(kit, ask(kit, id, metadata={"k": "v"}).ok(202)["image_id"])
    assert (made["name"], made["visibility"], made["owner"]) == ("kept", "private", kit.tenant.id)
    assert (made["disk_format"], made["container_format"], made["min_disk"]) == ("qcow2", "bare", 1)
    assert made["image_type"] == "snapshot" and made["base_image_ref"] == kit.image
    assert (made["instance_uuid"], made["user_id"], made["owner_id"]) == (id, kit.member.user_id, kit.tenant.id)
    assert (made["image_location"], made["image_state"], made["k"]) == ("snapshot", "available", "v")
    assert made["size"] > 0 and made["virtual_size"] == 1 << 20 and made["os_hash_value"]
    assert kit.rest(id)["OS-EXT-STS:task_state"] is None
    no_copies(kit)


def test_a_server_boots_from_the_image(kit: Kit) -> None:
    id = kit.server()
    made = active(kit, begun(kit, id))
    again = kit.server(imageRef=made["id"])
    assert kit.show(again)["image"]["id"] == made["id"]
    grandchild = active(kit, begun(kit, again))
    assert grandchild["base_image_ref"] == made["id"] and grandchild["instance_uuid"] == again


@pytest.mark.parametrize(("action", "status"), [("os-stop", "SHUTOFF"), ("pause", "PAUSED"), ("suspend", "SUSPENDED")])
def test_what_does_not_run_stays_so(kit: Kit, action: str, status: str) -> None:
    id = kit.server()
    kit.member.post(f"{V2}/servers/{id}/action", {action: None}).ok(202)
    kit.rest(id, status)
    active(kit, begun(kit, id))
    kit.rest(id, status)


def test_older_clients_are_told_in_a_header(kit: Kit) -> None:
    id = kit.server()
    answer = ask(kit, id, version="2.44")
    assert (answer.status, answer.body) == (202, b"")
    made = answer.headers["location"].rpartition("/")[2]
    assert "/images/" in answer.headers["location"]
    active(kit, made)


def test_one_at_a_time_and_only_at_rest(kit: Kit) -> None:
    id = kit.server()
    hanging = kit.cloud.world.faults.add("EnsureCopy", None, hang=True)
    first = begun(kit, id)
    kit.cloud.wait(lambda: hanging.struck, "the copy")
    assert kit.show(id)["OS-EXT-STS:task_state"] == "image_snapshot"
    refusal = ask(kit, id)
    assert refusal.status == 409
    assert refusal.json["conflictingRequest"]["message"] == (
        f"Cannot 'createImage' instance {id} while it is in task_state image_snapshot"
    )
    assert kit.member.post(f"{V2}/servers/{id}/action", {"os-stop": None}).status == 409
    assert image(kit, first)["status"] == "queued"
    hanging.release()
    active(kit, first)


def test_bad_bodies(kit: Kit) -> None:
    id = kit.server()
    for body in ({}, {"name": ""}, {"name": "n" * 256}, {"name": "x", "metadata": "y"}, {"name": "x", "bogus": 1}):
        assert kit.member.post(f"{V2}/servers/{id}/action", {"createImage": body}).status == 400
    assert [one["id"] for one in kit.member.get(f"{IMAGES}?visibility=private").ok(200)["images"]] == []


def test_a_host_that_cannot_copy_leaves_no_image(kit: Kit) -> None:
    id = kit.server()
    kit.cloud.world.faults.add("EnsureCopy", None, "The disk could not be copied.")
    made = begun(kit, id)
    kit.cloud.wait(lambda: kit.member.get(f"{IMAGES}/{made}").status == 404, "the end of the image")
    kit.rest(id)
    actions = kit.member.get(f"{V2}/servers/{id}/os-instance-actions", version="2.96").ok(200)["instanceActions"]
    assert (actions[0]["action"], actions[0]["message"]) == ("createImage", "Error")


def test_a_copy_that_was_cut_off_is_sent_again(kit: Kit) -> None:
    id = kit.server()
    kit.cloud.world.faults.add("SendCopy", None, "The image could not be sent.", again=True)
    active(kit, begun(kit, id))
    kit.rest(id)


def test_an_image_that_is_deleted_meanwhile_stays_away(kit: Kit) -> None:
    id = kit.server()
    hanging = kit.cloud.world.faults.add("SendCopy", None, hang=True)
    made = begun(kit, id)
    kit.cloud.wait(lambda: hanging.struck, "the upload")
    kit.member.delete(f"{IMAGES}/{made}").ok(204)
    hanging.release()
    kit.rest(id)
    assert kit.member.get(f"{IMAGES}/{made}").status == 404
    no_copies(kit)


def test_a_server_that_is_deleted_takes_its_unfinished_image_along(kit: Kit) -> None:
    id = kit.server()
    hanging = kit.cloud.world.faults.add("EnsureCopy", None, hang=True)
    made = begun(kit, id)
    kit.cloud.wait(lambda: hanging.struck, "the copy")
    kit.member.delete(f"{V2}/servers/{id}").ok(204)
    kit.cloud.wait(lambda: kit.member.get(f"{V2}/servers/{id}").status == 404, "its end")
    assert kit.member.get(f"{IMAGES}/{made}").status == 404
    hanging.release()
    no_copies(kit)


def test_a_finished_image_outlives_its_server(kit: Kit) -> None:
    id = kit.server()
    made = active(kit, begun(kit, id))
    kit.gone(id)
    assert image(kit, made["id"])["status"] == "active"


def test_who_may(kit: Kit) -> None:
    id = kit.server()
    reader, other = kit.cloud.project("member", "reader"), kit.cloud.project("member").member
    body = {"createImage": {"name": "x"}}
    assert other.post(f"{V2}/servers/{id}/action", body).status == 404
    own = kit.tenant.clients.get("reader")
    assert own is None or own.post(f"{V2}/servers/{id}/action", body).status == 403
    assert reader.reader.post(f"{V2}/servers/{id}/action", body).status == 404
    by_admin = kit.cloud.admin.post(f"{V2}/servers/{id}/action", body, version="2.96").ok(202)["image_id"]
    kit.cloud.wait(lambda: kit.cloud.admin.get(f"{IMAGES}/{by_admin}").json["status"] == "active", "the image")
    assert kit.member.get(f"{IMAGES}/{by_admin}").status == 404


def test_a_grant_is_good_for_one_connection(kit: Kit) -> None:
    bulk, served = kit.cloud.control.bulk, list[bytes]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(await reader.readline())

    async def dial(grant: str) -> bytes:
        reader, writer = await asyncio.open_unix_connection(bulk.address.removeprefix("unix:"))
        writer.write(f"{grant}\nbytes\n".encode())
        rest = await reader.read()
        writer.close()
        return rest

    grant = bulk.expect(serve)
    for said in (grant, grant, "0" * 64):
        assert kit.cloud.run(dial(said)) == b""
    assert served == [b"bytes\n"]
