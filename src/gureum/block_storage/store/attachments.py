"""Attachments. Whoever changes one settles the volume's state in the same transaction, which the functions here do."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.block_storage.attachment import Attachment
from gureum.block_storage.store import volumes
from gureum.block_storage.volume import RESTING, status_of
from gureum.kernel.faults import NotFound
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

attachments = sa.Table(
    "volume_attachments",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("volume_id", sa.String(36), nullable=False, index=True),
    sa.Column("project_id", sa.String(64), nullable=False, index=True),
    sa.Column("server_id", sa.String(36), index=True),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("by_compute", sa.Boolean, nullable=False),
    sa.Column("mode", sa.String(2)),
    sa.Column("device", sa.String(255)),
    sa.Column("export_host", sa.String(255), info={"operator": True}),
    sa.Column("host_name", sa.String(255), info={"operator": True}),
    sa.Column("connector", sa.JSON(none_as_null=True), info={"secret": True}),
    sa.Column("source", sa.JSON(none_as_null=True), info={"operator": True}),
    sa.Column("fault", sa.Text),
    sa.Column("attached_at", sa.BigInteger),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    info={"journal": "volume_attachment"},
)


def from_row(row: Row[Any]) -> Attachment:
    """The domain object of a row."""
    return Attachment(**row._mapping)


def find(tx: Tx, id: str) -> Attachment | None:
    """An attachment, or None."""
    row = tx.one(sa.select(attachments).where(attachments.c.id == id))
    return None if row is None else from_row(row)


def get(tx: Tx, id: str) -> Attachment:
    """An attachment. Raises NotFound."""
    found = find(tx, id)
    if found is None:
        raise missing(id)
    return found


def missing(id: str) -> NotFound:
    """The fault for an attachment that is not there."""
    return NotFound(f"Volume attachment could not be found with filter: attachment_id = {id}.")


def of_volumes(tx: Tx, ids: Iterable[str]) -> dict[str, list[Attachment]]:
    """The attachments of volumes, oldest first; volumes without any are left out."""
    return _grouped(tx, attachments.c.volume_id, ids)


def of_servers(tx: Tx, ids: Iterable[str]) -> dict[str, list[Attachment]]:
    """The attachments of servers, oldest first; servers without any are left out."""
    return _grouped(tx, attachments.c.server_id, ids)


def _grouped(tx: Tx, column: sa.Column[Any], ids: Iterable[str]) -> dict[str, list[Attachment]]:
    rows = tx.all(
        sa.select(attachments).where(column.in_(list(ids))).order_by(attachments.c.created_at, attachments.c.id)
    )
    found: dict[str, list[Attachment]] = {}
    for row in rows:
        found.setdefault(getattr(row, column.name), []).append(from_row(row))
    return found


def add(tx: Tx, attachment: Attachment) -> None:
    """Keep a new attachment."""
    tx.insert(attachments, **{column.name: getattr(attachment, column.name) for column in attachments.c})
    settle(tx, attachment.volume_id)


def change(tx: Tx, attachment: Attachment, **values: Any) -> None:
    """Change columns of an attachment."""
    tx.update(attachments, {"id": attachment.id}, **values)
    if "status" in values:
        settle(tx, attachment.volume_id)


def remove(tx: Tx, attachment: Attachment) -> None:
    """Forget an attachment."""
    tx.delete(attachments, id=attachment.id)
    settle(tx, attachment.volume_id)


def settle(tx: Tx, volume_id: str) -> None:
    """Bring a healthy volume's state in line with its attachments."""
    volume = volumes.find(tx, volume_id)
    if volume is None or volume.status not in RESTING:
        return
    rows = tx.all(sa.select(attachments.c.status).where(attachments.c.volume_id == volume_id))
    status = status_of((row.status for row in rows), shared=volume.multiattach)
    if status != volume.status:
        volumes.change(tx, volume_id, status=status)
