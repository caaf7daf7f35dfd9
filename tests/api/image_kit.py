"""What the tests of images share."""

import asyncio
from collections.abc import Iterable
from typing import Any

from tests.cloud import HOST, Client, Cloud

PATCH = {"content-type": "application/openstack-images-v2.1-json-patch"}
OLD_PATCH = {"content-type": "application/openstack-images-v2.0-json-patch"}


def new(client: Client, **values: Any) -> dict[str, Any]:
    """A new image without bytes."""
    body = {"name": "an image", "disk_format": "raw", "container_format": "bare"} | values
    return client.post("/image/v2/images", body).ok(201)


def active(client: Client, content: bytes = b"data", **values: Any) -> dict[str, Any]:
    """A new image with bytes."""
    image = new(client, **values)
    client.put(f"/image/v2/images/{image['id']}/file", content).ok(204)
    return client.get(f"/image/v2/images/{image['id']}").ok(200)


def patch(client: Client, id: str, *steps: dict[str, Any], headers: dict[str, str] = PATCH) -> Any:
    """The response to a JSON patch."""
    return client.patch(f"/image/v2/images/{id}", list(steps), headers=headers)


def message(response: Any) -> str:
    """The sentence of a refusal, without the page around it."""
    return response.json["message"].replace("<br /><br />\n\n\n", "")


def ids(client: Client, query: str = "") -> list[str]:
    """Ids of a list, in its order."""
    found = client.get(f"/image/v2/images?limit=1000&{query}").ok(200)["images"]
    return [image["id"] for image in found]


async def cut_off(cloud: Cloud, client: Client, path: str, pieces: Iterable[bytes]) -> int:
    """PUT some bytes and hang up; the status that was answered to nobody."""
    incoming = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    incoming.append({"type": "http.disconnect"})
    queue = iter(incoming)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return next(queue)

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    headers = {"host": HOST, "x-auth-token": client.token or "", "content-type": "application/octet-stream"}
    await cloud.control.edge(_scope("PUT", path, headers), receive, send)
    return sent[0]["status"]


async def look_into(cloud: Cloud, client: Client, path: str, pieces: int) -> int:
    """GET a stream, hang up after some pieces; how many bytes the server sent in all."""
    hung_up, seen, size = asyncio.Event(), 0, 0

    async def receive() -> dict[str, Any]:
        await hung_up.wait()
        return {"type": "http.disconnect"}

    async def send(event: dict[str, Any]) -> None:
        nonlocal seen, size
        seen, size = seen + 1, size + len(event.get("body", b""))
        if seen > pieces:
            hung_up.set()

    first = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive_all() -> dict[str, Any]:
        return next(first, None) or await receive()

    headers = {"host": HOST, "x-auth-token": client.token or ""}
    await cloud.control.edge(_scope("GET", path, headers), receive_all, send)
    return size


def _scope(method: str, path: str, headers: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "server": ("127.0.0.1", 5000),
        "client": ("127.0.0.1", 50000),
        "scheme": "http",
    }
