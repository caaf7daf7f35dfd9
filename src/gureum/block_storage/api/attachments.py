"""Attachments."""

import time
from typing import Any

from gureum.block_storage.api import query
from gureum.block_storage.api.paths import ScopedRoutes
from gureum.block_storage.attachment import Attachment
from gureum.block_storage.service import attachments
from gureum.block_storage.wire import attachments as wire
from gureum.kernel.faults import Fault, TimedOut
from gureum.kernel.http import Call, TxKind

routes = ScopedRoutes(since=(3, 27))
_OPEN = frozenset(("volume_id", "status", "instance_id", "attach_status"))
_PAUSE = 0.02
_PATIENCE = 65.0


def _list(call: Call, shown: Any) -> dict[str, Any]:
    found = attachments.search(
        call.tx,
        call.caller,
        query.filters(call, _OPEN),
        sorts=query.sorts(call),
        limit=query.limit(call),
        offset=query.offset(call),
        marker=call.one("marker"),
        all_projects=query.all_tenants(call, strict=False),
    )
    body: dict[str, Any] = {"attachments": [shown(one) for one in found]}
    return body | query.next_page(call, [one.id for one in found], "attachments")


@routes.get("/attachments", "volume:get_all")
def index(call: Call) -> dict[str, Any]:
    """Attachments, briefly."""
    return _list(call, wire.brief)


@routes.get("/attachments/detail", "volume:get_all")
def detail(call: Call) -> dict[str, Any]:
    """Attachments, whole."""
    return _list(call, wire.show)


@routes.get("/attachments/{id}", "volume:get")
def show(call: Call, id: str) -> dict[str, Any]:
    """One attachment."""
    return {"attachment": wire.show(attachments.get(call.tx, call.caller, id))}


@routes.post("/attachments", "volume:attachment_create", body=wire.CREATE, tx=TxKind.OWN)
def create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Reserve a volume, and with a connector let its host open it."""
    asked: dict[str, Any] = body["attachment"]
    made = call.database.write(
        lambda tx: attachments.create(
            tx, call.caller, asked["volume_uuid"], asked.get("instance_uuid"), asked.get("mode")
        ),
        call.caller,
    )
    if not asked.get("connector"):
        return {"attachment": wire.show(made)}
    try:
        return _connect(call, made.id, asked["connector"])
    except Fault:
        call.database.write(lambda tx: attachments.delete(tx, call.caller, made.id), call.caller)
        raise


@routes.put("/attachments/{id}", "volume:attachment_update", body=wire.UPDATE, tx=TxKind.OWN)
def update(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Let the connector's host open the volume."""
    return _connect(call, id, body["attachment"]["connector"])


def _connect(call: Call, id: str, connector: dict[str, Any]) -> dict[str, Any]:
    before = call.database.write(lambda tx: attachments.connect(tx, call.caller, id, connector), call.caller)
    after = _wait(call, id)
    if after.source is None:
        raise Fault(after.fault or "The volume could not be exported.")
    return {"attachment": wire.show(after) | {"status": before.status}}


def _wait(call: Call, id: str) -> Attachment:
    """The attachment once the pool's agent has done its part. Raises TimedOut."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        found = call.database.read(lambda tx: attachments.connected(tx, id))
        if found is not None:
            return found
        time.sleep(_PAUSE)
    raise TimedOut("The storage pool did not answer in time.")


@routes.post(
    "/attachments/{id}/action",
    "volume:attachment_complete",
    action="os-complete",
    body=wire.COMPLETE,
    since=(3, 44),
    status=204,
)
def complete(call: Call, id: str, body: dict[str, Any]) -> None:
    """Whoever connected it has it."""
    attachments.complete(call.tx, call.caller, id)


@routes.delete("/attachments/{id}", "volume:attachment_delete", status=200)
def delete(call: Call, id: str) -> dict[str, Any]:
    """End an attachment; answers with those that are left."""
    return {"attachments": [wire.brief(one) for one in attachments.delete(call.tx, call.caller, id)]}
