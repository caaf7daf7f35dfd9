"""Volume types, and which projects see the private ones."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.block_storage.volume_type import VolumeType
from gureum.kernel import clock
from gureum.kernel.faults import NotFound
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

types = sa.Table(
    "volume_types",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("name", sa.String(255), nullable=False, unique=True),
    sa.Column("description", sa.String(255)),
    sa.Column("is_public", sa.Boolean, nullable=False),
    sa.Column("extra_specs", sa.JSON, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger),
    info={"journal": "volume_type"},
)

access = sa.Table(
    "volume_type_access",
    metadata,
    sa.Column("type_id", sa.String(36), primary_key=True),
    sa.Column("project_id", sa.String(64), primary_key=True),
    info={"journal": "volume_type_access"},
)


def from_row(row: Row[Any]) -> VolumeType:
    """The domain object of a row."""
    return VolumeType(**row._mapping)


def visible_to(project_id: str | None) -> sa.ColumnElement[bool]:
    """Which types a project sees."""
    granted = sa.select(access.c.type_id).where(access.c.project_id == (project_id or ""))
    return sa.or_(types.c.is_public, types.c.id.in_(granted))


def find(tx: Tx, id: str) -> VolumeType | None:
    """A type by id, or None."""
    row = tx.one(sa.select(types).where(types.c.id == id))
    return None if row is None else from_row(row)


def find_by_name(tx: Tx, name: str) -> VolumeType | None:
    """A type by name, or None."""
    row = tx.one(sa.select(types).where(types.c.name == name))
    return None if row is None else from_row(row)


def get(tx: Tx, id: str) -> VolumeType:
    """A type. Raises NotFound."""
    found = find(tx, id)
    if found is None:
        raise NotFound(f"Volume type {id} could not be found.")
    return found


def names(tx: Tx, ids: Iterable[str] | None = None) -> dict[str, str]:
    """Names by id, of all types or of those named."""
    statement = sa.select(types.c.id, types.c.name).order_by(types.c.created_at, types.c.id)
    if ids is not None:
        statement = statement.where(types.c.id.in_(list(ids)))
    return {row.id: row.name for row in tx.all(statement)}


def add(tx: Tx, kind: VolumeType) -> None:
    """Keep a new type."""
    tx.insert(types, **{column.name: getattr(kind, column.name) for column in types.c})


def change(tx: Tx, id: str, **values: Any) -> None:
    """Change columns of a type."""
    tx.update(types, {"id": id}, updated_at=clock.now(), **values)


def remove(tx: Tx, id: str) -> None:
    """Forget a type and who may see it."""
    tx.delete(access, type_id=id)
    tx.delete(types, id=id)


def projects_of(tx: Tx, id: str) -> list[str]:
    """The projects that were given access to a type."""
    rows = tx.all(sa.select(access.c.project_id).where(access.c.type_id == id).order_by(access.c.project_id))
    return [row.project_id for row in rows]


def grant(tx: Tx, id: str, project_id: str) -> None:
    """Give a project access."""
    tx.insert(access, type_id=id, project_id=project_id)


def revoke(tx: Tx, id: str, project_id: str) -> int:
    """Take access away; says whether there was any."""
    return tx.delete(access, type_id=id, project_id=project_id)
