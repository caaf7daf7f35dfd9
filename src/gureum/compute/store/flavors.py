"""Flavors, and which projects may use those that are not public."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.compute.flavor import Flavor
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

flavors = sa.Table(
    "flavors",
    metadata,
    sa.Column("id", sa.String(255), primary_key=True),
    sa.Column("name", sa.String(255), nullable=False, unique=True),
    sa.Column("vcpus", sa.Integer, nullable=False),
    sa.Column("ram", sa.BigInteger, nullable=False),
    sa.Column("disk", sa.BigInteger, nullable=False),
    sa.Column("ephemeral", sa.BigInteger, nullable=False),
    sa.Column("swap", sa.BigInteger, nullable=False),
    sa.Column("rxtx_factor", sa.Float, nullable=False),
    sa.Column("is_public", sa.Boolean, nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("extra_specs", sa.JSON, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger),
    info={"journal": "flavor"},
)

access = sa.Table(
    "flavor_access",
    metadata,
    sa.Column("flavor_id", sa.String(255), primary_key=True),
    sa.Column("project_id", sa.String(255), primary_key=True),
    sa.Index("ix_flavor_access_project_id", "project_id"),
    info={"journal": "flavor access"},
)


def from_row(row: Row[Any]) -> Flavor:
    """The domain object of a row."""
    return Flavor(**row._mapping)


def visible_to(project_id: str | None) -> sa.ColumnElement[bool]:
    """The condition that a project may use a flavor."""
    shared = sa.select(access.c.flavor_id).where(access.c.project_id == project_id)
    return sa.or_(flavors.c.is_public, flavors.c.id.in_(shared))


def find(tx: Tx, id: str) -> Flavor | None:
    """A flavor by id, whoever may use it, or None."""
    row = tx.one(sa.select(flavors).where(flavors.c.id == id))
    return None if row is None else from_row(row)


def find_usable(tx: Tx, id: str, project_id: str | None) -> Flavor | None:
    """A flavor by id that the project may use (any, where `project_id` is None), or None."""
    statement = sa.select(flavors).where(flavors.c.id == id)
    if project_id is not None:
        statement = statement.where(visible_to(project_id))
    row = tx.one(statement)
    return None if row is None else from_row(row)


def find_by_name(tx: Tx, name: str) -> Flavor | None:
    """A flavor by name, or None."""
    row = tx.one(sa.select(flavors).where(flavors.c.name == name))
    return None if row is None else from_row(row)


def by_ids(tx: Tx, ids: Sequence[str]) -> dict[str, Flavor]:
    """The flavors that exist of `ids`."""
    return {row.id: from_row(row) for row in tx.all(sa.select(flavors).where(flavors.c.id.in_(ids)))}


def add(tx: Tx, flavor: Flavor) -> None:
    """Keep a new flavor. Raises sqlalchemy.exc.IntegrityError for an id or a name that is taken."""
    tx.insert(flavors, **{column.name: getattr(flavor, column.name) for column in flavors.columns})


def change(tx: Tx, id: str, **values: Any) -> None:
    """Change columns of a flavor."""
    tx.update(flavors, {"id": id}, **values)


def remove(tx: Tx, id: str) -> None:
    """Forget a flavor and who may use it."""
    tx.delete(access, flavor_id=id)
    tx.delete(flavors, id=id)
