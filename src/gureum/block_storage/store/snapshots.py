"""Snapshots of volumes."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.block_storage.snapshot import Snapshot
from gureum.kernel import clock
from gureum.kernel.faults import NotFound
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

snapshots = sa.Table(
    "volume_snapshots",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("volume_id", sa.String(36), nullable=False, index=True),
    sa.Column("project_id", sa.String(64), nullable=False),
    sa.Column("user_id", sa.String(64), nullable=False),
    sa.Column("name", sa.String(255)),
    sa.Column("description", sa.String(255)),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("status", sa.String(32), nullable=False),
    sa.Column("type_id", sa.String(36), nullable=False),
    sa.Column("agent", sa.String(255)),
    sa.Column("bootable", sa.Boolean, nullable=False),
    sa.Column("fault", sa.Text),
    sa.Column("metadata", sa.JSON, nullable=False),
    sa.Column("image_metadata", sa.JSON, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger),
    sa.Index("ix_volume_snapshots_project", "project_id", "created_at", "id"),
    info={"journal": "volume_snapshot"},
)


def from_row(row: Row[Any]) -> Snapshot:
    """The domain object of a row."""
    return Snapshot(**row._mapping)


def find(tx: Tx, id: str) -> Snapshot | None:
    """A snapshot, or None."""
    row = tx.one(sa.select(snapshots).where(snapshots.c.id == id))
    return None if row is None else from_row(row)


def get(tx: Tx, id: str) -> Snapshot:
    """A snapshot. Raises NotFound."""
    found = find(tx, id)
    if found is None:
        raise missing(id)
    return found


def missing(id: str) -> NotFound:
    """The fault for a snapshot that is not there."""
    return NotFound(f"Snapshot {id} could not be found.")


def of_volume(tx: Tx, volume_id: str) -> list[Snapshot]:
    """A volume's snapshots, oldest first."""
    rows = tx.all(
        sa.select(snapshots).where(snapshots.c.volume_id == volume_id).order_by(snapshots.c.created_at, snapshots.c.id)
    )
    return [from_row(row) for row in rows]


def add(tx: Tx, snapshot: Snapshot) -> None:
    """Keep a new snapshot."""
    tx.insert(snapshots, **{column.name: getattr(snapshot, column.name) for column in snapshots.c})


def change(tx: Tx, id: str, **values: Any) -> None:
    """Change columns of a snapshot."""
    tx.update(snapshots, {"id": id}, updated_at=clock.now(), **values)


def remove(tx: Tx, id: str) -> None:
    """Forget a snapshot."""
    tx.delete(snapshots, id=id)


def by_project(tx: Tx, agent: str) -> list[tuple[str, int, int]]:
    """What each project keeps in an agent's pool: (project, number, GiB)."""
    number, size = sa.func.count().label("number"), sa.func.sum(snapshots.c.size).label("gib")
    statement = sa.select(snapshots.c.project_id, number, size).where(snapshots.c.agent == agent)
    return [(row.project_id, row.number, row.gib) for row in tx.all(statement.group_by(snapshots.c.project_id))]
