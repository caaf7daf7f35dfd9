"""Bytes in and out."""

import asyncio
import hashlib
import struct
import threading

import pytest

from gureum.image.service import reconcile
from gureum.image.settings import settings
from gureum.kernel.store.tx import Tx
from tests.api.image_kit import active, cut_off, look_into, message, new
from tests.cloud import Client, Cloud, Tenant

QCOW2 = struct.pack(">4sIQIIQIIQQIIQ", b"QFI\xfb", 2, 0, 0, 16, 5 << 20, 0, 1, 3 << 16, 1 << 16, 1, 0, 0) + bytes(
    4 << 16
)


@pytest.fixture(scope="module")
def tenant(cloud: Cloud) -> Tenant:
    return cloud.project()


def upload(client: Client, image: dict[str, str], content: bytes, **headers: str) -> object:
    return client.put(f"/image/v2/images/{image['id']}/file", content, headers=headers)


def leftovers(cloud: Cloud, id: str) -> list[str]:
    return [path.name for path in (cloud.state / "images").glob(f"{id}*")]


def test_upload_and_download(cloud: Cloud, tenant: Tenant) -> None:
    content = bytes(range(256)) * 20_000
    image = active(tenant.member, content)
    assert image["status"] == "active"
    assert image["size"] == image["virtual_size"] == len(content)
    assert image["checksum"] == hashlib.md5(content).hexdigest()
    assert image["os_hash_algo"] == "sha512" and image["os_hash_value"] == hashlib.sha512(content).hexdigest()
    assert image["stores"] == "fs"
    answer = tenant.member.get(image["file"].replace("/v2", "/image/v2", 1))
    assert answer.status == 200 and answer.body == content
    assert answer.headers["content-md5"] == image["checksum"]
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["content-type"] == "application/octet-stream"
    file = cloud.state / "images" / image["id"]
    assert file.stat().st_mode & 0o777 & ~0o640 == 0
    assert file.parent.stat().st_mode & 0o007 == 0


def test_the_format_is_found_out(tenant: Tenant) -> None:
    image = active(tenant.member, QCOW2, disk_format="qcow2")
    assert image["virtual_size"] == 5 << 20 and image["size"] == len(QCOW2)


@pytest.mark.parametrize(("declared", "content", "found"), [("qcow2", b"no" * 600, "raw"), ("raw", QCOW2, "qcow2")])
def test_a_wrong_format_is_refused(cloud: Cloud, tenant: Tenant, declared: str, content: bytes, found: str) -> None:
    image = new(tenant.member, disk_format=declared)
    answer = upload(tenant.member, image, content)
    assert answer.status == 415
    sentence = f"Image disk_format {declared} does not match stream data {found}"
    assert answer.json["message"].endswith(f"not supported by this server.\n<br /><br />\n{sentence}")
    shown = tenant.member.get(f"/image/v2/images/{image['id']}").ok()
    assert (shown["status"], shown["size"], shown["checksum"]) == ("queued", None, None)
    assert shown["os_glance_failed_upload"] == sentence
    assert leftovers(cloud, image["id"]) == []


def test_an_archive_is_not_looked_into(tenant: Tenant) -> None:
    image = active(tenant.member, b"an archive", disk_format="vmdk", container_format="ova")
    assert image["status"] == "active" and image["virtual_size"] is None


@pytest.mark.parametrize("percent", [1, 13, 50, 87, 99])
def test_an_upload_that_is_cut_off_leaves_nothing(cloud: Cloud, tenant: Tenant, percent: int) -> None:
    image = new(tenant.member)
    path = f"/image/v2/images/{image['id']}"
    content = bytes(3_000_000 * percent // 100)
    pieces = [content[at : at + 65536] for at in range(0, len(content), 65536)]
    assert cloud.run(cut_off(cloud, tenant.member, f"{path}/file", pieces)) == 400
    shown = tenant.member.get(path).ok()
    assert shown["status"] == "queued" and shown["size"] is None
    assert shown["os_glance_failed_upload"] == "The upload was cut off before its end."
    assert leftovers(cloud, image["id"]) == []
    upload(tenant.member, image, b"again").ok(204)
    shown = tenant.member.get(path).ok()
    assert shown["status"] == "active" and "os_glance_failed_upload" not in shown


def test_an_upload_whose_handler_is_cancelled_leaves_nothing(cloud: Cloud, tenant: Tenant) -> None:
    image = new(tenant.member)
    path = f"/image/v2/images/{image['id']}"
    reached: list[bool] = []

    async def run() -> None:
        async def slowly() -> None:
            await cut_off(cloud, tenant.member, f"{path}/file", _hanging(reached))

        task = asyncio.create_task(slowly())
        while not reached:
            await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    cloud.run(run())
    cloud.wait(lambda: tenant.member.get(path).ok()["status"] == "queued", "the retreat")
    assert leftovers(cloud, image["id"]) == []


def test_an_upload_cancelled_while_its_first_write_waits_is_undone(cloud: Cloud, tenant: Tenant) -> None:
    image = new(tenant.member)
    path = f"/image/v2/images/{image['id']}"
    held, let_go = threading.Event(), threading.Event()

    def hold(tx: Tx) -> bool:
        tx.lock("image", image["id"])
        held.set()
        return let_go.wait(10)

    async def run() -> None:
        task = asyncio.create_task(cut_off(cloud, tenant.member, f"{path}/file", [b"x" * 1000]))
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.sleep(0.1)
        let_go.set()
        await asyncio.gather(task, return_exceptions=True)

    holder = cloud.control.database.submit(hold)
    assert held.wait(10)
    cloud.run(run())
    assert holder.result(10)
    assert tenant.member.get(path).ok()["status"] == "queued"
    assert leftovers(cloud, image["id"]) == []


def _hanging(reached: list[bool]) -> list[bytes]:
    reached.append(True)
    return [b"x" * 100_000] * 40


def test_two_uploads_at_once(cloud: Cloud, tenant: Tenant) -> None:
    image = new(tenant.member)
    cloud.write(lambda tx: _saving(tx, image["id"]))
    answer = upload(tenant.member, image, b"second")
    assert answer.status == 409
    assert message(answer) == "Image status transition from saving to saving is not allowed"
    shown = tenant.member.get(f"/image/v2/images/{image['id']}").ok()
    assert shown["status"] == "saving"


def _saving(tx: object, id: str) -> None:
    from gureum.image.store import images  # noqa: PLC0415

    images.change(tx, id, status="saving", upload_id="another")


def test_refused_uploads(cloud: Cloud, tenant: Tenant) -> None:
    done = active(tenant.member)
    answer = upload(tenant.member, done, b"more")
    assert answer.status == 409
    assert message(answer) == "Image status transition from active to saving is not allowed"
    bare = tenant.member.post("/image/v2/images", {}).ok(201)
    answer = upload(tenant.member, bare, b"x")
    assert answer.status == 400
    assert message(answer) == "Properties disk_format, container_format must be set prior to saving data."
    image = new(tenant.member)
    answer = tenant.member.put(f"/image/v2/images/{image['id']}/file", {"a": 1})
    assert answer.status == 415
    assert answer.json["message"] == (
        "The request media type application/json is not supported by this server.\n<br /><br />\n"
        "Invalid content type application/json"
    )
    answer = upload(tenant.reader, image, b"x")
    assert answer.status == 403 and message(answer) == "You are not authorized to complete upload_image action."
    answer = upload(cloud.project().member, image, b"x")
    assert answer.status == 404 and message(answer) == f"No image found with ID {image['id']}"
    assert upload(cloud.anonymous(), image, b"x").status == 401
    assert tenant.member.get(f"/image/v2/images/{image['id']}").ok()["status"] == "queued"
    assert leftovers(cloud, image["id"]) == []


def test_sizes_are_bounded_and_kept_to(cloud: Cloud, tenant: Tenant) -> None:
    image = new(tenant.member)
    settings.most_bytes = 1000
    try:
        answer = upload(tenant.member, image, b"x" * 1001)
        assert answer.status == 413 and "too large" in message(answer)
    finally:
        settings.most_bytes = 1024**4
    answer = upload(tenant.member, image, b"x" * 10, **{"x-openstack-image-size": "11"})
    assert answer.status == 400 and message(answer) == "11 bytes were announced, and 10 came."
    assert leftovers(cloud, image["id"]) == []
    upload(tenant.member, image, b"x" * 10, **{"x-openstack-image-size": "10"}).ok(204)


def test_ranges(tenant: Tenant) -> None:
    image = active(tenant.member, b"0123456789")
    path = f"/image/v2/images/{image['id']}/file"
    for asked, body, shown in (
        ("bytes=1-2", b"12", "bytes 1-2/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
    ):
        answer = tenant.member.get(path, headers={"range": asked})
        assert (answer.status, answer.body, answer.headers["content-range"]) == (206, body, shown)
        assert answer.headers["content-length"] == str(len(body))
    for asked, sentence in (
        ("chars=1", "Invalid Range header."),
        ("bytes=5-2", "Invalid Range header."),
        (
            "bytes=90-99",
            "Invalid start position in Range header. Start position MUST be in the inclusive range [0, 9].",
        ),
    ):
        answer = tenant.member.get(path, headers={"range": asked})
        assert answer.status == 416
        assert answer.json == {
            "message": f"The Range requested is not available.<br /><br />\n{sentence}\n\n",
            "code": "416 Request Range Not Satisfiable",
            "title": "Request Range Not Satisfiable",
        }


def test_who_may_download(cloud: Cloud, tenant: Tenant) -> None:
    queued = new(tenant.member)
    answer = tenant.member.get(f"/image/v2/images/{queued['id']}/file")
    assert answer.status == 204 and answer.body == b""
    image = active(tenant.member)
    path = f"/image/v2/images/{image['id']}"
    answer = tenant.reader.get(f"{path}/file")
    assert answer.status == 403 and message(answer) == "You are not authorized to complete download_image action."
    assert cloud.project().member.get(f"{path}/file").status == 404
    for _ in range(2):
        tenant.member.post(f"{path}/actions/deactivate").ok(204)
    assert tenant.member.get(path).ok()["status"] == "deactivated"
    answer = tenant.member.get(f"{path}/file")
    assert answer.status == 403
    assert message(answer) == "The requested image has been deactivated. Image data download is forbidden."
    assert cloud.admin.get(f"{path}/file").body == b"data"
    tenant.member.post(f"{path}/actions/reactivate").ok(204)
    assert tenant.member.get(f"{path}/file").body == b"data"
    answer = tenant.member.post(f"/image/v2/images/{queued['id']}/actions/deactivate")
    assert answer.status == 403 and message(answer) == "Not allowed to deactivate image in status 'queued'"


def test_an_image_deleted_during_its_upload_leaves_nothing(cloud: Cloud, tenant: Tenant) -> None:
    image = new(tenant.member)
    path = f"/image/v2/images/{image['id']}"
    cloud.disconnect_agent()
    try:
        sending = asyncio.run_coroutine_threadsafe(
            tenant.member._asgi("PUT", f"{path}/file", _headers(tenant.member), b"x" * 1000), cloud._loop
        )
        cloud.wait(lambda: tenant.member.get(path).ok()["status"] == "saving")
        tenant.member.delete(path).ok(204)
    finally:
        cloud.connect_agent()
    assert sending.result(10).status == 410
    assert leftovers(cloud, image["id"]) == []


def test_without_an_agent_the_upload_is_refused_and_may_be_repeated(cloud: Cloud, tenant: Tenant) -> None:
    image = new(tenant.member)
    cloud.disconnect_agent()
    settings.fetch_seconds = 0.1
    try:
        answer = upload(tenant.member, image, b"x")
    finally:
        settings.fetch_seconds = 10.0
        cloud.connect_agent()
    assert answer.status == 503
    assert message(answer) == "No agent that can look into images is connected. Upload the image again later."
    assert leftovers(cloud, image["id"]) == []
    upload(tenant.member, image, b"x").ok(204)


def _headers(client: Client) -> dict[str, str]:
    return {
        "host": "cloud.test:5000",
        "accept": "application/json",
        "x-auth-token": client.token or "",
        "content-type": "application/octet-stream",
    }


def test_a_start_mends_uploads_that_died_with_the_process(cloud: Cloud, tenant: Tenant) -> None:
    whole, image = active(tenant.member), new(tenant.member)
    cloud.write(lambda tx: _saving(tx, image["id"]))
    folder = cloud.state / "images"
    for name in (f"{image['id']}.another.part", image["id"], "stranger"):
        (folder / name).write_bytes(b"half")
    reconcile.reconcile(cloud.control.database)
    shown = tenant.member.get(f"/image/v2/images/{image['id']}").ok()
    assert shown["status"] == "queued"
    assert shown["os_glance_failed_upload"] == "The upload was cut off: the service stopped."
    assert leftovers(cloud, image["id"]) == [] and not (folder / "stranger").exists()
    assert tenant.member.get(f"/image/v2/images/{whole['id']}/file").body == b"data"


def test_a_download_ends_when_nobody_reads_it(cloud: Cloud, tenant: Tenant) -> None:
    image = active(tenant.member, bytes(8_000_000))
    path = f"/image/v2/images/{image['id']}/file"
    assert cloud.run(look_into(cloud, tenant.member, path, 3)) < 3_000_000
    assert cloud.run(look_into(cloud, tenant.member, path, 10_000)) == 8_000_000
