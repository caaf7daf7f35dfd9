"""Key pairs, by user."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.compute.keypair import KeyPair
from gureum.kernel.faults import Invalid
from gureum.kernel.store.query import sorted_page
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

keypairs = sa.Table(
    "keypairs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("user_id", sa.String(64), nullable=False),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("public_key", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.String(255), nullable=False),
    sa.Column("type", sa.String(8), nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("user_id", "name"),
    info={"journal": "keypair"},
)


def from_row(row: Row[Any]) -> KeyPair:
    """The domain object of a row."""
    return KeyPair(**row._mapping)


def find(tx: Tx, user_id: str, name: str) -> KeyPair | None:
    """A user's key pair by name, or None."""
    row = tx.one(sa.select(keypairs).where(keypairs.c.user_id == user_id, keypairs.c.name == name))
    return None if row is None else from_row(row)


def search(tx: Tx, user_id: str, *, marker: str | None = None, limit: int | None = None) -> list[KeyPair]:
    """A user's key pairs by name, from behind the one named `marker`. Raises Invalid when that is none."""
    statement = sa.select(keypairs).where(keypairs.c.user_id == user_id)
    if marker is not None and find(tx, user_id, marker) is None:
        raise Invalid(f"Marker {marker} could not be found.", name="MarkerNotFound")
    after = None if marker is None else (marker,)
    page = sorted_page(statement, [(keypairs.c.name, "asc")], after=after, limit=limit)
    return [from_row(row) for row in tx.all(page)]


def count(tx: Tx, user_id: str) -> int:
    """How many key pairs a user has."""
    return tx.scalar(sa.select(sa.func.count()).select_from(keypairs).where(keypairs.c.user_id == user_id)) or 0


def add(tx: Tx, user_id: str, **values: Any) -> None:
    """Keep a new key pair. Raises sqlalchemy.exc.IntegrityError for a name that the user has already."""
    tx.insert(keypairs, user_id=user_id, **values)


def remove(tx: Tx, user_id: str, name: str) -> bool:
    """Forget a key pair; says whether there was one."""
    return bool(tx.delete(keypairs, user_id=user_id, name=name))
