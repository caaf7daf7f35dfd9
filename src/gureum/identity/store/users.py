"""Users."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.identity.store.epoch import watched
from gureum.identity.store.listing import Listing, listed
from gureum.identity.user import User
from gureum.kernel.clock import Micros
from gureum.kernel.faults import NotFound
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("domain_id", sa.String(64), nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("default_project_id", sa.String(64)),
    sa.Column("password_hash", sa.String(255), info={"secret": True}),
    sa.Column("password_expires_at", sa.BigInteger),
    sa.Column("tokens_since", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("options", sa.JSON, nullable=False),
    sa.Column("extra", sa.JSON, nullable=False),
    sa.UniqueConstraint("domain_id", "name"),
    info=watched("user"),
)


def from_row(row: Row[Any]) -> User:
    """The domain object of a row."""
    return User(**row._mapping)


def find(tx: Tx, id: str) -> User | None:
    """A user by id, or None."""
    row = tx.one(sa.select(users).where(users.c.id == id))
    return None if row is None else from_row(row)


def get(tx: Tx, id: str) -> User:
    """A user by id. Raises NotFound."""
    found = find(tx, id)
    if found is None:
        raise NotFound(f"Could not find user: {id}.")
    return found


def find_by_name(tx: Tx, name: str, domain_id: str) -> User | None:
    """A user of a domain by name, or None."""
    row = tx.one(sa.select(users).where(users.c.name == name, users.c.domain_id == domain_id))
    return None if row is None else from_row(row)


def search(tx: Tx, listing: Listing, *wheres: sa.ColumnElement[bool]) -> list[User]:
    """The users that a list request means. Raises NotFound for a marker that is none."""
    if listing.marker is not None and find(tx, listing.marker) is None:
        raise NotFound(f"Marker {listing.marker} could not be found.")
    return [from_row(row) for row in tx.all(listed(users, listing).where(*wheres))]


def expires(comparison: str, when: Micros) -> sa.ColumnElement[bool]:
    """The condition that a password expires before, at or after an instant; `comparison` as lt, lte, gt, gte, eq, neq."""
    column = users.c.password_expires_at
    compared: dict[str, sa.ColumnElement[bool]] = {
        "lt": column < when,
        "lte": column <= when,
        "gt": column > when,
        "gte": column >= when,
        "eq": column == when,
        "neq": column != when,
    }
    return compared[comparison]


def add(tx: Tx, user: User) -> None:
    """Keep a new user."""
    tx.insert(users, **{column.name: getattr(user, column.name) for column in users.columns})


def change(tx: Tx, id: str, **values: Any) -> None:
    """Change columns of a user."""
    tx.update(users, {"id": id}, **values)


def forget_default_project(tx: Tx, project_id: str) -> None:
    """Leave nobody with a default project that is going."""
    tx.update(users, {"default_project_id": project_id}, default_project_id=None)


def remove(tx: Tx, id: str) -> None:
    """Forget a user."""
    tx.delete(users, id=id)
