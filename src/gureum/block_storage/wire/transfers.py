"""Transfers of volumes on the wire."""

from typing import Any

from gureum.block_storage.transfer import Transfer
from gureum.block_storage.wire import schemas
from gureum.block_storage.wire.schemas import BOOLEAN, UUID, Schema, always, closed, wrapped
from gureum.kernel.clock import iso_micros
from gureum.kernel.http import Call, Change, History
from gureum.kernel.http.history import Version

_NAME: Schema = {"oneOf": [{"type": "null"}, {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"\S"}]}
_CREATE: dict[str, Schema] = {"volume_id": UUID, "name": _NAME}


def _create(version: Version) -> Schema:
    more: dict[str, Schema] = {"no_snapshots": BOOLEAN} if version >= (3, 55) else {}
    return wrapped("transfer", closed(_CREATE | more, "volume_id"))


CREATE = schemas.by_version(_create)
CREATE_OF_OLD = always(wrapped("transfer", closed(_CREATE, "volume_id")))
ACCEPT = always(wrapped("accept", closed({"auth_key": {"type": ["string", "integer"]}}, "auth_key")))
HISTORY = History(
    "transfer",
    "transfers",
    [
        Change((3, 55), "snapshots may stay", shows=frozenset({"no_snapshots"})),
        Change(
            (3, 57),
            "from whom and to whom",
            shows=frozenset({"source_project_id", "destination_project_id", "accepted"}),
        ),
    ],
)


def brief(call: Call, transfer: Transfer) -> dict[str, Any]:
    """A transfer in a plain list."""
    parts = call.path.strip("/").split("/")
    scope = f"/{parts[1]}" if len(parts) > 1 and parts[1] == (call.caller.project_id or "") else ""
    path = f"{scope}/os-volume-transfer/{transfer.id}"
    links = [
        {"rel": "self", "href": f"{call.base_url}/v3{path}"},
        {"rel": "bookmark", "href": f"{call.base_url}{path}"},
    ]
    return {"id": transfer.id, "volume_id": transfer.volume_id, "name": transfer.name, "links": links}


def show(call: Call, transfer: Transfer) -> dict[str, Any]:
    """A transfer, whole: nobody has accepted one that is there."""
    return brief(call, transfer) | {
        "created_at": iso_micros(transfer.created_at),
        "no_snapshots": transfer.no_snapshots,
        "source_project_id": transfer.project_id,
        "destination_project_id": None,
        "accepted": False,
    }
