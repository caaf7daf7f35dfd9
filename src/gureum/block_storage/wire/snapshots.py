"""Snapshots on the wire."""

from typing import Any

from gureum.block_storage.snapshot import Snapshot
from gureum.block_storage.wire.schemas import (
    ACTION,
    BOOLEAN,
    METADATA,
    TEXT_255,
    UUID_OR_NULL,
    Schema,
    always,
    closed,
    wrapped,
)
from gureum.kernel.clock import iso_micros
from gureum.kernel.http import Call, Change, History

_NAMES: dict[str, Schema] = {
    "name": TEXT_255,
    "description": TEXT_255,
    "display_name": TEXT_255,
    "display_description": TEXT_255,
}
_CREATE: dict[str, Schema] = _NAMES | {
    "volume_id": UUID_OR_NULL,
    "force": BOOLEAN,
    "metadata": METADATA | {"type": ["object", "null"]},
}
_NAMED = {"anyOf": [{"required": [name]} for name in _NAMES]}
CREATE = always(wrapped("snapshot", closed(_CREATE, "volume_id")))
UPDATE = always(wrapped("snapshot", closed(_NAMES) | _NAMED))
RESET_STATUS = always(wrapped("os-reset_status", closed({"status": {"type": "string"}}, "status")))
FORCE_DELETE = always(wrapped("os-force_delete", ACTION))

HISTORY = History(
    "snapshot",
    "snapshots",
    [
        Change((3, 14), "snapshots may belong to a group's", shows=frozenset({"group_snapshot_id"})),
        Change((3, 41), "who made it is shown", shows=frozenset({"user_id"})),
        Change((3, 65), "whether a snapshot counts for quota is shown", shows=frozenset({"consumes_quota"})),
    ],
)


def brief(call: Call, one: Snapshot) -> dict[str, Any]:
    """A snapshot in a plain list."""
    return {
        "id": one.id,
        "created_at": iso_micros(one.created_at),
        "updated_at": iso_micros(one.updated_at),
        "name": one.name,
        "description": one.description,
        "volume_id": one.volume_id,
        "status": one.status,
        "size": one.size,
        "metadata": one.metadata,
    }


def show(call: Call, one: Snapshot) -> dict[str, Any]:
    """A snapshot as answers to changes show it."""
    return brief(call, one) | {"group_snapshot_id": None, "user_id": one.user_id, "consumes_quota": True}


def detail(call: Call, one: Snapshot) -> dict[str, Any]:
    """A snapshot with all that the caller may see of it."""
    body = show(call, one)
    if call.may("volume_extension:extended_snapshot_attributes", one.target):
        body["os-extended-snapshot-attributes:project_id"] = one.project_id
        body["os-extended-snapshot-attributes:progress"] = one.progress
    return body
