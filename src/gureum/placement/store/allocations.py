"""Who holds how much of whose resources."""

from collections.abc import Mapping

import sqlalchemy as sa

from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

allocations = sa.Table(
    "allocations",
    metadata,
    sa.Column("consumer", sa.String(36), primary_key=True),
    sa.Column("provider", sa.String(36), primary_key=True),
    sa.Column("resource_class", sa.String(64), primary_key=True),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Index("ix_allocations_provider", "provider"),
)

consumers = sa.Table(
    "consumers",
    metadata,
    sa.Column("uuid", sa.String(36), primary_key=True),
    sa.Column("project_id", sa.String(64), nullable=False),
    sa.Column("user_id", sa.String(64), nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
)


def held(tx: Tx, consumer: str) -> list[tuple[str, str, int]]:
    """What a consumer holds: (provider, class, amount)."""
    rows = tx.all(sa.select(allocations).where(allocations.c.consumer == consumer))
    return [(row.provider, row.resource_class, row.amount) for row in rows]


def consumers_holding(tx: Tx) -> set[str]:
    """Who holds anything."""
    return {row.consumer for row in tx.all(sa.select(allocations.c.consumer).distinct())}


def sums(tx: Tx) -> dict[tuple[str, str], int]:
    """What is held of every provider's classes."""
    key = allocations.c.provider, allocations.c.resource_class
    rows = tx.all(sa.select(*key, sa.func.sum(allocations.c.amount).label("amount")).group_by(*key))
    return {(row.provider, row.resource_class): row.amount for row in rows}


def add(tx: Tx, consumer: str, provider: str, amounts: Mapping[str, int], *, owner: tuple[str, str], now: int) -> None:
    """Keep what a consumer holds; `owner` is (project, user)."""
    if tx.one(sa.select(consumers.c.uuid).where(consumers.c.uuid == consumer)) is None:
        tx.insert(consumers, uuid=consumer, project_id=owner[0], user_id=owner[1], created_at=now)
    for resource_class, amount in amounts.items():
        tx.insert(allocations, consumer=consumer, provider=provider, resource_class=resource_class, amount=amount)


def remove(tx: Tx, consumer: str) -> None:
    """Forget all that a consumer holds."""
    tx.delete(allocations, consumer=consumer)
    tx.delete(consumers, uuid=consumer)
