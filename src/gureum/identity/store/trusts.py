"""Trusts."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.identity.store.epoch import watched
from gureum.identity.trust import Trust
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

trusts = sa.Table(
    "trusts",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("trustor_user_id", sa.String(64), nullable=False, index=True),
    sa.Column("trustee_user_id", sa.String(64), nullable=False, index=True),
    sa.Column("project_id", sa.String(64), index=True),
    sa.Column("impersonation", sa.Boolean, nullable=False),
    sa.Column("role_ids", sa.JSON, nullable=False),
    sa.Column("expires_at", sa.BigInteger),
    sa.Column("remaining_uses", sa.Integer),
    sa.Column("redelegated_trust_id", sa.String(64), index=True),
    sa.Column("redelegation_count", sa.Integer, nullable=False),
    info=watched("trust"),
)


def _from_row(row: Row[Any]) -> Trust:
    return Trust(**row._mapping)


def find(tx: Tx, id: str) -> Trust | None:
    """A trust by id, or None."""
    row = tx.one(sa.select(trusts).where(trusts.c.id == id))
    return None if row is None else _from_row(row)


def search(tx: Tx, **equal: Any) -> list[Trust]:
    """The trusts whose columns have the given values, in the order of their ids."""
    wheres = [trusts.c[name] == value for name, value in equal.items()]
    return [_from_row(row) for row in tx.all(sa.select(trusts).where(*wheres).order_by(trusts.c.id))]


def add(tx: Tx, trust: Trust) -> None:
    """Keep a new trust."""
    tx.insert(trusts, **{column.name: getattr(trust, column.name) for column in trusts.columns})


def use(tx: Tx, trust: Trust) -> None:
    """Count one use, of a trust that counts them."""
    if trust.remaining_uses is not None:
        tx.update(trusts, {"id": trust.id}, remaining_uses=trust.remaining_uses - 1)


def remove(tx: Tx, id: str) -> None:
    """Forget a trust and all that came from it."""
    left = [id]
    while left:
        one = left.pop()
        left += [child.id for child in search(tx, redelegated_trust_id=one)]
        tx.delete(trusts, id=one)


def remove_of(tx: Tx, column: str, id: str) -> None:
    """Forget the trusts with this trustor, trustee or project, and all that came from them."""
    for trust in search(tx, **{column: id}):
        remove(tx, trust.id)
