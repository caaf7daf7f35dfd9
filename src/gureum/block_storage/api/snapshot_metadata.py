"""Metadata of a snapshot."""

from typing import Any

from gureum.block_storage.api.paths import ScopedRoutes
from gureum.block_storage.service import snapshot_metadata as metadata
from gureum.block_storage.wire import volumes as wire
from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call

routes = ScopedRoutes()
_ALL = "/snapshots/{id}/metadata"
_ONE = "/snapshots/{id}/metadata/{key}"
_SHOW = "volume:get_snapshot_metadata"
_UPDATE = "volume:update_snapshot_metadata"


@routes.get(_ALL, _SHOW)
def index(call: Call, id: str) -> dict[str, Any]:
    """All of it."""
    return {"metadata": metadata.show(call.tx, call.caller, id)}


@routes.post(_ALL, _UPDATE, body=wire.SET_METADATA)
def add(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Add to it."""
    return {"metadata": metadata.add(call.tx, call.caller, id, body["metadata"])}


@routes.put(_ALL, _UPDATE, body=wire.SET_METADATA)
def replace(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Replace all of it."""
    return {"metadata": metadata.replace(call.tx, call.caller, id, body["metadata"])}


@routes.get(_ONE, _SHOW)
def show(call: Call, id: str, key: str) -> dict[str, Any]:
    """One value."""
    return {"meta": {key: metadata.one(call.tx, call.caller, id, key)}}


@routes.put(_ONE, _UPDATE, body=wire.SET_ONE)
def change(call: Call, id: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    """Set one value."""
    values: dict[str, str] = body["meta"]
    if key not in values:
        raise Invalid("Request body and URI mismatch")
    metadata.add(call.tx, call.caller, id, values)
    return {"meta": values}


@routes.delete(_ONE, "volume:delete_snapshot_metadata", status=200)
def remove(call: Call, id: str, key: str) -> None:
    """Take one value away."""
    metadata.remove(call.tx, call.caller, id, key)
