"""Volumes."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.block_storage.volume import Volume
from gureum.kernel import clock
from gureum.kernel.faults import NotFound
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

volumes = sa.Table(
    "volumes",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("project_id", sa.String(64), nullable=False),
    sa.Column("user_id", sa.String(64), nullable=False),
    sa.Column("name", sa.String(255)),
    sa.Column("description", sa.String(255)),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("status", sa.String(32), nullable=False),
    sa.Column("type_id", sa.String(36), nullable=False, index=True),
    sa.Column("availability_zone", sa.String(255), nullable=False),
    sa.Column("agent", sa.String(255), info={"operator": True}),
    sa.Column("backend", sa.String(255), info={"operator": True}),
    sa.Column("pool", sa.String(255), info={"operator": True}),
    sa.Column("image_id", sa.String(36)),
    sa.Column("snapshot_id", sa.String(36)),
    sa.Column("source_id", sa.String(36)),
    sa.Column("extending_to", sa.Integer),
    sa.Column("bootable", sa.Boolean, nullable=False),
    sa.Column("readonly", sa.Boolean),
    sa.Column("multiattach", sa.Boolean, nullable=False),
    sa.Column("fault", sa.Text),
    sa.Column("metadata", sa.JSON, nullable=False),
    sa.Column("image_metadata", sa.JSON, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger),
    sa.Index("ix_volumes_project", "project_id", "created_at", "id"),
    info={"journal": "volume"},
)

_COLUMNS = volumes.c.keys()


def from_row(row: Row[Any]) -> Volume:
    """The domain object of a row, whatever else the row has."""
    return Volume(**{name: row._mapping[name] for name in _COLUMNS})


def find(tx: Tx, id: str) -> Volume | None:
    """A volume, or None."""
    row = tx.one(sa.select(volumes).where(volumes.c.id == id))
    return None if row is None else from_row(row)


def get(tx: Tx, id: str) -> Volume:
    """A volume. Raises NotFound."""
    found = find(tx, id)
    if found is None:
        raise missing(id)
    return found


def missing(id: str) -> NotFound:
    """The fault for a volume that is not there."""
    return NotFound(f"Volume {id} could not be found.")


def several(tx: Tx, ids: Iterable[str]) -> dict[str, Volume]:
    """The volumes of these ids that exist."""
    rows = tx.all(sa.select(volumes).where(volumes.c.id.in_(list(ids))))
    return {row.id: from_row(row) for row in rows}


def add(tx: Tx, volume: Volume) -> None:
    """Keep a new volume."""
    tx.insert(volumes, **{column.name: getattr(volume, column.name) for column in volumes.c})


def change(tx: Tx, id: str, **values: Any) -> None:
    """Change columns of a volume."""
    tx.update(volumes, {"id": id}, updated_at=clock.now(), **values)


def remove(tx: Tx, id: str) -> None:
    """Forget a volume."""
    tx.delete(volumes, id=id)


def by_project(tx: Tx, agent: str) -> list[tuple[str, int, int]]:
    """What each project keeps in an agent's pool: (project, number, GiB)."""
    number, size = sa.func.count().label("number"), sa.func.sum(volumes.c.size).label("gib")
    statement = sa.select(volumes.c.project_id, number, size).where(volumes.c.agent == agent)
    return [(row.project_id, row.number, row.gib) for row in tx.all(statement.group_by(volumes.c.project_id))]
