"""Who holds how much of whose resources."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx
from gureum.placement.consumer import Consumer

allocations = sa.Table(
    "allocations",
    metadata,
    sa.Column("consumer", sa.String(36), primary_key=True),
    sa.Column("provider", sa.String(36), primary_key=True),
    sa.Column("resource_class", sa.String(255), primary_key=True),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Index("ix_allocations_provider", "provider"),
)

consumers = sa.Table(
    "consumers",
    metadata,
    sa.Column("uuid", sa.String(36), primary_key=True),
    sa.Column("project_id", sa.String(255), nullable=False),
    sa.Column("user_id", sa.String(255), nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("type", sa.String(255)),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
    sa.Index("ix_consumers_project_id", "project_id", "user_id"),
)


def held(tx: Tx, consumer: str) -> list[tuple[str, str, int]]:
    """What a consumer holds: (provider, class, amount)."""
    rows = tx.all(sa.select(allocations).where(allocations.c.consumer == consumer))
    return [(row.provider, row.resource_class, row.amount) for row in rows]


def of_provider(tx: Tx, provider: str) -> list[tuple[Consumer, str, int]]:
    """What is held of a provider: (consumer, class, amount)."""
    statement = sa.select(consumers, allocations.c.resource_class, allocations.c.amount)
    statement = statement.join(consumers, consumers.c.uuid == allocations.c.consumer)
    rows = tx.all(statement.where(allocations.c.provider == provider).order_by(consumers.c.created_at))
    return [(_from_row(row), row.resource_class, row.amount) for row in rows]


def is_held(tx: Tx, provider: str) -> bool:
    """Whether anybody holds anything of a provider."""
    return tx.peek(sa.select(allocations.c.consumer).where(allocations.c.provider == provider).limit(1)) is not None


def consumers_holding(tx: Tx, type: str) -> set[str]:
    """The consumers of a type that hold anything, and those that are no rows."""
    statement = sa.select(allocations.c.consumer).distinct()
    statement = statement.outerjoin(consumers, consumers.c.uuid == allocations.c.consumer)
    rows = tx.all(statement.where(sa.or_(consumers.c.uuid.is_(None), consumers.c.type == type)))
    return {row.consumer for row in rows}


def sums(tx: Tx) -> dict[tuple[str, str], int]:
    """What is held of every provider's classes."""
    key = allocations.c.provider, allocations.c.resource_class
    rows = tx.all(sa.select(*key, sa.func.sum(allocations.c.amount).label("amount")).group_by(*key))
    return {(row.provider, row.resource_class): int(row.amount) for row in rows}


def totals(tx: Tx, project_id: str, user_id: str | None) -> list[tuple[str | None, str, int]]:
    """What a project's consumers (or a user's in it) hold in sum, by their type and by class."""
    key = consumers.c.type, allocations.c.resource_class
    statement = sa.select(*key, sa.func.sum(allocations.c.amount).label("amount"))
    statement = statement.join(consumers, consumers.c.uuid == allocations.c.consumer)
    statement = statement.where(*_whose(project_id, user_id)).group_by(*key)
    return [(row.type, row.resource_class, int(row.amount)) for row in tx.all(statement)]


def counts(tx: Tx, project_id: str, user_id: str | None) -> dict[str | None, int]:
    """How many consumers a project (or a user in it) has, by type."""
    statement = sa.select(consumers.c.type, sa.func.count().label("number")).where(*_whose(project_id, user_id))
    return {row.type: row.number for row in tx.all(statement.group_by(consumers.c.type))}


def find(tx: Tx, consumer: str) -> Consumer | None:
    """A consumer, or None."""
    row = tx.one(sa.select(consumers).where(consumers.c.uuid == consumer))
    return None if row is None else _from_row(row)


def keep(tx: Tx, consumer: Consumer, *, new: bool) -> None:
    """Keep a consumer as it is now."""
    values = {
        "project_id": consumer.project_id,
        "user_id": consumer.user_id,
        "generation": consumer.generation,
        "type": consumer.type,
        "updated_at": consumer.updated_at,
    }
    if new:
        tx.insert(consumers, uuid=consumer.uuid, created_at=consumer.updated_at, **values)
    else:
        tx.update(consumers, {"uuid": consumer.uuid}, **values)


def add(tx: Tx, consumer: str, provider: str, amounts: Mapping[str, int]) -> None:
    """Keep what a consumer holds of a provider."""
    for resource_class, amount in amounts.items():
        tx.insert(allocations, consumer=consumer, provider=provider, resource_class=resource_class, amount=amount)


def clear(tx: Tx, consumer: str) -> None:
    """Forget all that a consumer holds, not the consumer."""
    tx.delete(allocations, consumer=consumer)


def remove(tx: Tx, consumer: str) -> None:
    """Forget a consumer and all that it holds."""
    tx.delete(allocations, consumer=consumer)
    tx.delete(consumers, uuid=consumer)


def classes_held(tx: Tx, provider: str, classes: Iterable[str]) -> set[str]:
    """Which of these classes somebody holds something of, at a provider."""
    statement = sa.select(allocations.c.resource_class).where(
        allocations.c.provider == provider, allocations.c.resource_class.in_(list(classes))
    )
    return {row.resource_class for row in tx.all(statement.distinct())}


def rename_class(tx: Tx, name: str, to: str) -> None:
    """A class has another name."""
    tx.update(allocations, {"resource_class": name}, resource_class=to)


def _whose(project_id: str, user_id: str | None) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [consumers.c.project_id == project_id]
    return conditions if user_id is None else [*conditions, consumers.c.user_id == user_id]


def _from_row(row: Row[Any]) -> Consumer:
    return Consumer(row.uuid, row.project_id, row.user_id, row.generation, row.type, row.updated_at)
