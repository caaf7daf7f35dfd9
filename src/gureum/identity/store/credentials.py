"""Credentials that users keep."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.identity.credential import Credential
from gureum.identity.store.epoch import watched
from gureum.identity.store.listing import Listing, listed
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

credentials = sa.Table(
    "credentials",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(64), nullable=False, index=True),
    sa.Column("project_id", sa.String(64)),
    sa.Column("type", sa.String(255), nullable=False),
    sa.Column("blob", sa.Text, nullable=False, info={"secret": True}),
    sa.Column("extra", sa.JSON, nullable=False),
    info=watched("credential"),
)


def _from_row(row: Row[Any]) -> Credential:
    return Credential(**row._mapping)


def find(tx: Tx, id: str) -> Credential | None:
    """A credential by id, or None."""
    row = tx.one(sa.select(credentials).where(credentials.c.id == id))
    return None if row is None else _from_row(row)


def search(tx: Tx, listing: Listing) -> list[Credential]:
    """The credentials that a list request means."""
    return [_from_row(row) for row in tx.all(listed(credentials, listing))]


def add(tx: Tx, credential: Credential) -> None:
    """Keep a new credential."""
    tx.insert(credentials, **{column.name: getattr(credential, column.name) for column in credentials.columns})


def change(tx: Tx, id: str, **values: Any) -> None:
    """Change columns of a credential."""
    tx.update(credentials, {"id": id}, **values)


def remove(tx: Tx, id: str) -> None:
    """Forget a credential."""
    tx.delete(credentials, id=id)


def remove_of(tx: Tx, **owner: str) -> None:
    """Forget all those of a user (`user_id`) or a project (`project_id`)."""
    tx.delete(credentials, **owner)
