"""Metadata of a volume."""

from typing import Any

from gureum.block_storage.api.paths import ScopedRoutes
from gureum.block_storage.service import metadata
from gureum.block_storage.wire import volumes as wire
from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call

routes = ScopedRoutes()
_ALL = "/volumes/{id}/metadata"
_ONE = "/volumes/{id}/metadata/{key}"


@routes.get(_ALL, "volume:get_volume_metadata")
def index(call: Call, id: str) -> dict[str, Any]:
    """All of it."""
    return {"metadata": metadata.show(call.tx, call.caller, id)}


@routes.post(_ALL, "volume:create_volume_metadata", body=wire.SET_METADATA)
def add(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Add to it."""
    return {"metadata": metadata.add(call.tx, call.caller, id, body["metadata"])}


@routes.put(_ALL, "volume:update_volume_metadata", body=wire.SET_METADATA)
def replace(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Replace all of it."""
    return {"metadata": metadata.replace(call.tx, call.caller, id, body["metadata"])}


@routes.get(_ONE, "volume:get_volume_metadata")
def show(call: Call, id: str, key: str) -> dict[str, Any]:
    """One value."""
    return {"meta": {key: metadata.one(call.tx, call.caller, id, key)}}


@routes.put(_ONE, "volume:update_volume_metadata", body=wire.SET_ONE)
def change(call: Call, id: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    """Set one value."""
    values: dict[str, str] = body["meta"]
    if key not in values:
        raise Invalid("Request body and URI mismatch")
    metadata.change(call.tx, call.caller, id, values)
    return {"meta": values}


@routes.delete(_ONE, "volume:delete_volume_metadata", status=200)
def remove(call: Call, id: str, key: str) -> None:
    """Take one value away."""
    metadata.remove(call.tx, call.caller, id, key)
