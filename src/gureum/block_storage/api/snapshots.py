"""Snapshots."""

from typing import Any

from gureum.block_storage.api import query
from gureum.block_storage.api.paths import ScopedRoutes
from gureum.block_storage.service import snapshot_listing, snapshots
from gureum.block_storage.service.filters import Listing
from gureum.block_storage.wire import snapshots as wire
from gureum.block_storage.wire.schemas import true
from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call

routes = ScopedRoutes(history=wire.HISTORY)
_RENAMED = {"display_name": "name", "display_description": "description", "tenant_id": "project_id"}
_ACTION = "/snapshots/{id}/action"
_RULES = "volume_extension:snapshot_admin_actions"
_ALWAYS = (3, 66)
"""Since then volumes in use have snapshots without being forced."""


def _list(call: Call, shown: Any) -> dict[str, Any]:
    counted = query.with_count(call)
    asked = Listing(
        filters=query.filters(call, snapshot_listing.OPEN_FILTERS, _RENAMED),
        sorts=query.sorts(call),
        limit=query.limit(call),
        offset=query.offset(call),
        marker=call.one("marker"),
        all_projects=query.all_tenants(call, strict=False),
    )
    found = snapshot_listing.search(call.tx, call.caller, asked)
    body: dict[str, Any] = {"snapshots": [shown(call, one) for one in found]}
    body |= query.next_page(call, [one.id for one in found], "snapshots")
    if counted:
        body["count"] = snapshot_listing.count(call.tx, call.caller, asked)
    return body


@routes.get("/snapshots", "volume:get_all_snapshots")
def index(call: Call) -> dict[str, Any]:
    """Snapshots, briefly."""
    return _list(call, wire.brief)


@routes.get("/snapshots/detail", "volume:get_all_snapshots")
def detail(call: Call) -> dict[str, Any]:
    """Snapshots, whole."""
    return _list(call, wire.detail)


@routes.post("/snapshots", "volume:create_snapshot", body=wire.CREATE, status=202)
def create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Make a snapshot."""
    asked: dict[str, Any] = body["snapshot"]
    force = true(asked["force"]) if "force" in asked else None
    if call.version >= _ALWAYS and force is False:
        raise Invalid(
            "Since microversion 3.66 the 'force' option is invalid for this request. For backward compatability, "
            "however, when the 'force' flag is passed with a value evaluating to True, it is silently ignored."
        )
    made = snapshots.create(
        call.tx,
        call.caller,
        str(asked["volume_id"]),
        name=_text(asked, "name"),
        description=_text(asked, "description"),
        metadata=asked.get("metadata") or {},
        in_use=call.version >= _ALWAYS or bool(force),
    )
    return {"snapshot": wire.show(call, made)}


@routes.get("/snapshots/{id}", "volume:get_snapshot")
def show(call: Call, id: str) -> dict[str, Any]:
    """One snapshot."""
    return {"snapshot": wire.detail(call, snapshots.get(call.tx, call.caller, id))}


@routes.put("/snapshots/{id}", "volume:update_snapshot", body=wire.UPDATE)
def update(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change name and description."""
    asked: dict[str, Any] = body["snapshot"]
    names = [name for name in ("name", "description") if name in asked or f"display_{name}" in asked]
    values = {name: _text(asked, name) for name in names}
    return {"snapshot": wire.show(call, snapshots.update(call.tx, call.caller, id, **values))}


@routes.delete("/snapshots/{id}", "volume:delete_snapshot")
def delete(call: Call, id: str) -> None:
    """Delete a snapshot."""
    snapshots.delete(call.tx, call.caller, id)


@routes.post(_ACTION, f"{_RULES}:force_delete", action="os-force_delete", body=wire.FORCE_DELETE, status=202)
def force_delete(call: Call, id: str, body: dict[str, Any]) -> None:
    """Delete it in whatever state it is."""
    snapshots.force_delete(call.tx, call.caller, id)


@routes.post(_ACTION, f"{_RULES}:reset_status", action="os-reset_status", body=wire.RESET_STATUS, status=202)
def reset_status(call: Call, id: str, body: dict[str, Any]) -> None:
    """Set its state."""
    status = str(body["os-reset_status"]["status"])
    if status.lower() not in snapshots.STATES:
        raise Invalid(f"Snapshot status: {status} is invalid, valid statuses are: {snapshots.STATES}.")
    snapshots.reset_status(call.tx, call.caller, id, status.lower())


def _text(asked: dict[str, Any], name: str) -> str | None:
    value = asked.get(name, asked.get(f"display_{name}"))
    return value.strip() if isinstance(value, str) else value
