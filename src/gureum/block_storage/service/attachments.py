"""Attachments made by others than compute: they reserve, say which host shall open the volume, and that they have it."""

from typing import Any

import sqlalchemy as sa

from gureum.block_storage.attachment import Attachment
from gureum.block_storage.flows.export_volume import ExportVolume
from gureum.block_storage.service import access, exports, holds
from gureum.block_storage.store import attachments as store
from gureum.block_storage.store import volumes
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid
from gureum.kernel.flow import busy, intend
from gureum.kernel.policy import policy
from gureum.kernel.store.query import Direction, sorted_page
from gureum.kernel.store.tx import Tx

_table = store.attachments
_held = sa.case((_table.c.attached_at.is_(None), "attaching"), else_="attached")
_status = sa.case((_table.c.status.in_(("detaching", "unexporting")), _held), else_=_table.c.status)
SORTABLE = {
    "id": _table.c.id,
    "created_at": _table.c.created_at,
    "volume_id": _table.c.volume_id,
    "attach_status": _table.c.status,
}
FILTERS = {
    "id": _table.c.id,
    "volume_id": _table.c.volume_id,
    "status": _status,
    "attach_status": _status,
    "instance_id": _table.c.server_id,
    "instance_uuid": _table.c.server_id,
    "attached_host": _table.c.host_name,
    "project_id": _table.c.project_id,
}


def get(tx: Tx, caller: Caller, id: str) -> Attachment:
    """An attachment that the caller sees. Raises NotFound, Forbidden."""
    return access.attachment(tx, caller, id, "volume:get")


def search(
    tx: Tx,
    caller: Caller,
    filters: dict[str, str],
    *,
    sorts: tuple[tuple[str, Direction], ...] = (("created_at", "desc"),),
    limit: int = 1000,
    offset: int = 0,
    marker: str | None = None,
    all_projects: bool = False,
) -> list[Attachment]:
    """The caller's attachments, newest first unless said otherwise. Raises Forbidden, Invalid, NotFound for the marker."""
    policy.demand(access.SERVICE, "volume:get_all", caller)
    statement = sa.select(_table)
    if not (all_projects and caller.is_admin):
        statement = statement.where(_table.c.project_id == (caller.project_id or ""))
    for name, value in filters.items():
        statement = statement.where(FILTERS[name] == value if name in FILTERS else sa.false())
    unknown = [key for key, _ in sorts if key not in SORTABLE]
    if unknown:
        raise Invalid("Invalid input received: Invalid sort key")
    order = [(SORTABLE[key], direction) for key, direction in sorts] + [(_table.c.id, "desc")]
    after = None
    if marker is not None:
        row = tx.one(sa.select(_table).where(_table.c.id == marker))
        if row is None:
            raise store.missing(marker)
        after = [getattr(row, column.name) for column, _ in order]
    page = sorted_page(statement, order, after=after, limit=limit).offset(offset)  # type: ignore[arg-type]
    return [store.from_row(row) for row in tx.all(page)]


def create(tx: Tx, caller: Caller, volume_id: str, server_id: str | None, mode: str | None) -> Attachment:
    """Reserve a volume. Raises NotFound, Forbidden, Invalid when it is not free."""
    volume = access.volume(tx, caller, volume_id, "volume:attachment_create")
    return holds.reserve(tx, caller, volume, server_id, mode=mode)


def connect(tx: Tx, caller: Caller, id: str, connector: dict[str, Any]) -> Attachment:
    """Begin to let the connector's host open the volume; `connected` says when it can. Raises NotFound, Forbidden, Invalid,
    Conflict for an attachment that a server holds or that is connected already."""
    found = access.attachment(tx, caller, id, "volume:attachment_update")
    _must_not_be_computes(found)
    host = connector.get("host")
    if not isinstance(host, str) or not host:
        raise Invalid("Invalid input received: The connector names no host.")
    if found.status != "reserved" or busy(tx, "export", id):
        raise Conflict(f"Volume attachment {id} is connected already.")
    if volumes.get(tx, found.volume_id).agent is None:
        raise Conflict(f"Volume {found.volume_id} is not in any pool.")
    device = connector.get("mountpoint")
    store.change(
        tx,
        found,
        connector=connector,
        export_host=host,
        host_name=host,
        device=device if isinstance(device, str) else found.device,
        mode=found.mode or ("ro" if connector.get("mode") == "ro" else "rw"),
        fault=None,
    )
    intend(tx, ExportVolume, id)
    return found


def connected(tx: Tx, id: str) -> Attachment | None:
    """The attachment once its host can open the volume, or could not be made able to (see its fault); None before that."""
    return None if busy(tx, "export", id) else store.get(tx, id)


def complete(tx: Tx, caller: Caller, id: str) -> None:
    """The one who connected the volume has it. Raises NotFound, Forbidden, Invalid for one that is not being attached."""
    found = access.attachment(tx, caller, id, "volume:attachment_complete")
    _must_not_be_computes(found)
    if found.status not in ("attaching", "attached"):
        raise Invalid(f"Invalid input received: Volume attachment {id} is {found.status}; it is not connected.")
    holds.complete(tx, found)


def delete(tx: Tx, caller: Caller, id: str) -> list[Attachment]:
    """End an attachment, at once or when its export is gone; gives those that the volume has beside it. Raises NotFound,
    Forbidden, Conflict for one that a server holds."""
    found = access.attachment(tx, caller, id, "volume:attachment_delete")
    _must_not_be_computes(found)
    exports.let_go(tx, found)
    return [one for one in holds.of_volume(tx, found.volume_id) if one.id != id]


def _must_not_be_computes(found: Attachment) -> None:
    if found.by_compute:
        raise Conflict(
            f"ConflictNovaUsingAttachment: Detach volume from instance {found.server_id} using the Compute API"
        )
