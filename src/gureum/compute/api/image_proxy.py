"""Images by way of the compute API: what clients before 2.36 (of metadata: 2.39) still call."""

from typing import Any

from gureum.compute.service import image_proxy
from gureum.compute.wire import image_proxy as wire
from gureum.compute.wire import schemas
from gureum.compute.wire.paging import limit_of, with_next
from gureum.image.image import Image
from gureum.image.search import Page
from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call, Routes
from gureum.kernel.http.route import AUTHENTICATED

routes = Routes(until=(2, 35))
_METADATA = "/v2.1/images/{id}/metadata"
_UNTIL = (2, 38)


def _search(call: Call) -> list[Image]:
    page = Page(limit_of(call), (("created_at", "desc"), ("id", "desc")), call.one("marker"))
    return image_proxy.search(call.tx, call.caller, wire.wanted(call), page)


def _page(call: Call, items: list[dict[str, Any]]) -> dict[str, Any]:
    marker = items[-1]["id"] if items else ""
    return with_next(call, {"images": items}, "images", limit=limit_of(call), marker=marker)


@routes.get("/v2.1/images", AUTHENTICATED, query=wire.QUERY)
def index(call: Call) -> dict[str, Any]:
    """The images, in short."""
    return _page(call, [wire.brief(call, image) for image in _search(call)])


@routes.get("/v2.1/images/detail", AUTHENTICATED, query=wire.QUERY)
def detail(call: Call) -> dict[str, Any]:
    """The images."""
    return _page(call, [wire.show(call, image) for image in _search(call)])


@routes.get("/v2.1/images/{id}", AUTHENTICATED)
def show(call: Call, id: str) -> dict[str, Any]:
    """An image."""
    return {"image": wire.show(call, image_proxy.get(call.tx, call.caller, id))}


@routes.delete("/v2.1/images/{id}", AUTHENTICATED)
def delete(call: Call, id: str) -> None:
    """Forget an image."""
    image_proxy.delete(call.tx, call.caller, id)


@routes.get(_METADATA, AUTHENTICATED, until=_UNTIL)
def show_metadata(call: Call, id: str) -> dict[str, Any]:
    """All items of its metadata."""
    return {"metadata": image_proxy.get(call.tx, call.caller, id).properties}


@routes.post(_METADATA, AUTHENTICATED, until=_UNTIL, body=schemas.METADATA_BODY)
def add(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """More items."""
    return {"metadata": image_proxy.add(call.tx, call.caller, id, body["metadata"])}


@routes.put(_METADATA, AUTHENTICATED, until=_UNTIL, body=schemas.METADATA_BODY)
def replace(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Exactly these items."""
    return {"metadata": image_proxy.replace(call.tx, call.caller, id, body["metadata"])}


@routes.get(f"{_METADATA}/{{key}}", AUTHENTICATED, until=_UNTIL)
def show_item(call: Call, id: str, key: str) -> dict[str, Any]:
    """One item."""
    return {"meta": {key: image_proxy.item(call.tx, call.caller, id, key)}}


@routes.put(f"{_METADATA}/{{key}}", AUTHENTICATED, until=_UNTIL, body=schemas.META_ITEM)
def change(call: Call, id: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change one item."""
    if key not in body["meta"]:
        raise Invalid("Request body and URI mismatch")
    image_proxy.add(call.tx, call.caller, id, body["meta"])
    return {"meta": body["meta"]}


@routes.delete(f"{_METADATA}/{{key}}", AUTHENTICATED, until=_UNTIL)
def remove(call: Call, id: str, key: str) -> None:
    """Take one item away."""
    image_proxy.remove(call.tx, call.caller, id, key)
