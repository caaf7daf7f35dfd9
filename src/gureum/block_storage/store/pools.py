"""Pools, as their agents tell of them."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.block_storage.pool import Pool
from gureum.kernel import clock
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

pools = sa.Table(
    "volume_pools",
    metadata,
    sa.Column("agent", sa.String(255), primary_key=True),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("backend", sa.String(255), nullable=False),
    sa.Column("total_gib", sa.Float, nullable=False),
    sa.Column("free_gib", sa.Float, nullable=False),
    sa.Column("up", sa.Boolean, nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("disabled_reason", sa.String(255)),
    sa.Column("changed_at", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
)


def from_row(row: Row[Any]) -> Pool:
    """The domain object of a row."""
    return Pool(**row._mapping)


def all(tx: Tx) -> list[Pool]:
    """Every pool, by name."""
    return [from_row(row) for row in tx.all(sa.select(pools).order_by(pools.c.agent))]


def told(tx: Tx, agent: str, **values: Any) -> None:
    """Keep what an agent told of its pool."""
    now = clock.now()
    if not tx.update(pools, {"agent": agent}, changed_at=now, up=True, **values):
        tx.insert(pools, agent=agent, changed_at=now, created_at=now, up=True, disabled=False, **values)


def change(tx: Tx, agent: str, **values: Any) -> int:
    """Change columns of a pool; says whether there is one."""
    return tx.update(pools, {"agent": agent}, **values)


def roomiest(tx: Tx, size: int) -> Pool | None:
    """The pool that is up and has the most room, if it has `size` GiB."""
    row = tx.one(
        sa.select(pools)
        .where(pools.c.up, ~pools.c.disabled, pools.c.free_gib >= size)
        .order_by(pools.c.free_gib.desc(), pools.c.agent)
        .limit(1)
    )
    return None if row is None else from_row(row)
