"""Metadata and tags of servers."""

from typing import Any

from gureum.compute.service import metadata, tags
from gureum.compute.wire import schemas
from gureum.compute.wire.tags import checked
from gureum.kernel.faults import Invalid
from gureum.kernel.http import Answer, Call, Routes

routes = Routes()

_META = "os_compute_api:server-metadata"
_TAGS = "os_compute_api:os-server-tags"
_SINCE = (2, 26)


@routes.get("/v2.1/servers/{id}/metadata", f"{_META}:index")
def show_all(call: Call, id: str) -> dict[str, Any]:
    """All items."""
    return {"metadata": metadata.show_all(call.tx, call.caller, id)}


@routes.post("/v2.1/servers/{id}/metadata", f"{_META}:create", body=schemas.METADATA_BODY)
def add(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """More items."""
    return {"metadata": metadata.add(call.tx, call.caller, id, body["metadata"])}


@routes.put("/v2.1/servers/{id}/metadata", f"{_META}:update_all", body=schemas.METADATA_BODY)
def replace(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Exactly these items."""
    return {"metadata": metadata.replace(call.tx, call.caller, id, body["metadata"])}


@routes.get("/v2.1/servers/{id}/metadata/{key}", f"{_META}:show")
def show(call: Call, id: str, key: str) -> dict[str, Any]:
    """One item."""
    return {"meta": metadata.show(call.tx, call.caller, id, key)}


@routes.put("/v2.1/servers/{id}/metadata/{key}", f"{_META}:update", body=schemas.META_ITEM)
def change(call: Call, id: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change one item."""
    if key not in body["meta"]:
        raise Invalid("Request body and URI mismatch")
    metadata.change(call.tx, call.caller, id, body["meta"])
    return {"meta": body["meta"]}


@routes.delete("/v2.1/servers/{id}/metadata/{key}", f"{_META}:delete")
def remove(call: Call, id: str, key: str) -> None:
    """Take one item away."""
    metadata.remove(call.tx, call.caller, id, key)


@routes.get("/v2.1/servers/{id}/tags", f"{_TAGS}:index", since=_SINCE)
def show_tags(call: Call, id: str) -> dict[str, Any]:
    """All tags."""
    return {"tags": tags.show_all(call.tx, call.caller, id)}


@routes.put("/v2.1/servers/{id}/tags", f"{_TAGS}:update_all", body=schemas.TAGS_BODY, since=_SINCE)
def replace_tags(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Exactly these tags."""
    return {"tags": tags.replace(call.tx, call.caller, id, body["tags"])}


@routes.delete("/v2.1/servers/{id}/tags", f"{_TAGS}:delete_all", since=_SINCE)
def remove_tags(call: Call, id: str) -> None:
    """Take all tags away."""
    tags.remove_all(call.tx, call.caller, id)


@routes.get("/v2.1/servers/{id}/tags/{tag}", f"{_TAGS}:show", since=_SINCE, status=204)
def check_tag(call: Call, id: str, tag: str) -> None:
    """Whether a server has a tag."""
    tags.check(call.tx, call.caller, id, tag)


@routes.put("/v2.1/servers/{id}/tags/{tag}", f"{_TAGS}:update", since=_SINCE)
def add_tag(call: Call, id: str, tag: str) -> Answer:
    """One more tag: 201 for a new one, 204 for one that was there."""
    if not tags.add(call.tx, call.caller, id, checked(tag)):
        return Answer(204)
    return Answer(201, None, [("Location", f"{call.base_url}/v2.1/servers/{id}/tags/{tag}")])


@routes.delete("/v2.1/servers/{id}/tags/{tag}", f"{_TAGS}:delete", since=_SINCE)
def remove_tag(call: Call, id: str, tag: str) -> None:
    """Take a tag away."""
    tags.remove(call.tx, call.caller, id, tag)
