"""Volumes of servers."""

from typing import Any

from gureum.compute.service import volumes
from gureum.compute.service.volumes import AttachRequest
from gureum.compute.wire import schemas
from gureum.compute.wire import volumes as wire
from gureum.compute.wire.values import truth
from gureum.kernel.http import Answer, Call, Routes, accepted

routes = Routes()

_RULE = "os_compute_api:os-volumes-attachments"
_ALL = "/v2.1/servers/{id}/os-volume_attachments"
_ONE = "/v2.1/servers/{id}/os-volume_attachments/{volume_id}"


@routes.get(_ALL, f"{_RULE}:index", history=wire.ATTACHMENT)
def index(call: Call, id: str) -> dict[str, Any]:
    """The volumes of a server."""
    found = volumes.show_all(call.tx, call.caller, id)
    return {"volumeAttachments": [wire.show(one) for one in wire.page(call, found)]}


@routes.get(_ONE, f"{_RULE}:show", history=wire.ATTACHMENT)
def show(call: Call, id: str, volume_id: str) -> dict[str, Any]:
    """One of them."""
    return {"volumeAttachment": wire.show(volumes.show(call.tx, call.caller, id, volume_id))}


@routes.post(_ALL, f"{_RULE}:create", body=schemas.ATTACH_VOLUME, history=wire.ATTACHED)
def attach(call: Call, id: str, body: dict[str, Any]) -> Answer:
    """Give a server a volume. Before 2.101 the answer says how it will be attached."""
    said = body["volumeAttachment"]
    request = AttachRequest(said["volumeId"], said.get("tag"), truth(said.get("delete_on_termination", False)))
    one = volumes.attach(call.tx, call.caller, id, request)
    return wire.attached(one, call)


@routes.put(_ONE, f"{_RULE}:update", body=schemas.REATTACH_VOLUME)
def update(call: Call, id: str, volume_id: str, body: dict[str, Any]) -> Answer:
    """Say what becomes of a volume with its server."""
    said = body["volumeAttachment"]
    keep = truth(said["delete_on_termination"]) if "delete_on_termination" in said else None
    volumes.update(call.tx, call.caller, id, volume_id, said["volumeId"], keep)
    return accepted()


@routes.delete(_ONE, f"{_RULE}:delete", status=202)
def detach(call: Call, id: str, volume_id: str) -> None:
    """Take a volume from a server."""
    volumes.detach(call.tx, call.caller, id, volume_id)
