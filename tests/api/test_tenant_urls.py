"""Addresses that a tenant gives are not called on: who would have the cloud ask its own inside for him gets nothing."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cloud import Cloud, Response

PATCH = {"content-type": "application/openstack-images-v2.1-json-patch"}


class Inside:
    """Something that only the cloud could reach."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.3)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/secret"

    def was_called(self) -> bool:
        """Whether anybody has dialled."""
        try:
            self._socket.accept()
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def inside() -> Iterator[Inside]:
    found = Inside()
    yield found
    found.close()


def test_no_way_that_takes_an_address_is_served(cloud: Cloud, inside: Inside) -> None:
    member = cloud.project("member").member
    body: dict[str, Any] = {"name": "a", "disk_format": "raw", "container_format": "bare"}
    made = member.post("/image/v2/images", body).ok(201)["id"]
    path = f"/image/v2/images/{made}"
    location = {"url": inside.url, "metadata": {}}

    def patch(operation: dict[str, Any]) -> Response:
        return member.patch(path, [operation], headers=PATCH)

    assert member.post("/image/v2/images", body | {"locations": [location]}).status == 403
    assert member.post("/image/v2/images", body | {"direct_url": inside.url}).status == 403
    assert patch({"op": "add", "path": "/locations/-", "value": location}).status == 403
    assert patch({"op": "replace", "path": "/locations", "value": [location]}).status == 403
    assert patch({"op": "replace", "path": "/direct_url", "value": inside.url}).status == 403
    method = {"method": {"name": "web-download", "uri": inside.url}}
    assert member.post(f"{path}/import", method).status == 404
    assert member.post(f"{path}/locations", location).status == 404
    assert member.get("/image/v2/info/import").ok(200)["import-methods"]["value"] == []
    assert member.post("/image/v2/tasks", {"type": "import", "input": {"import_from": inside.url}}).status == 404
    told = member.post("/image/v2/images", body, headers={"x-image-meta-location": inside.url})
    assert told.ok(201)["status"] == "queued"
    kept = member.post("/image/v2/images", body | {"copy_from": inside.url}).ok(201)
    assert (kept["status"], kept["copy_from"]) == ("queued", inside.url), "a property like any other"
    server = {"name": "a", "imageRef": inside.url, "flavorRef": "1", "networks": "none"}
    assert member.post("/compute/v2.1/servers", {"server": server}, version="2.90").status == 400
    volume = {"size": 1, "imageRef": inside.url}
    assert member.post(f"/volume/v3/{member.project_id}/volumes", {"volume": volume}).status in (400, 404)
    assert not inside.was_called()


def test_an_endpoint_that_an_administrator_gives_is_only_kept(cloud: Cloud, inside: Inside) -> None:
    service = cloud.admin.post("/v3/services", {"service": {"type": "x", "name": "x"}}).ok(201)["service"]["id"]
    endpoint = {"interface": "public", "service_id": service, "url": inside.url}
    cloud.admin.post("/v3/endpoints", {"endpoint": endpoint}).ok(201)
    cloud.admin.get("/v3/auth/catalog").ok(200)
    assert not inside.was_called()
