"""Which providers are in which aggregates. An aggregate is no more than its uuid."""

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from gureum.kernel.store.query import has_one_of_each
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx
from gureum.placement.store.providers import providers

provider_aggregates = sa.Table(
    "provider_aggregates",
    metadata,
    sa.Column("provider", sa.String(36), primary_key=True),
    sa.Column("aggregate", sa.String(36), primary_key=True),
    sa.Index("ix_provider_aggregates_aggregate", "aggregate", "provider"),
)


def of(tx: Tx, uuids: Iterable[str]) -> dict[str, set[str]]:
    """The aggregates of several providers."""
    found: dict[str, set[str]] = {uuid: set() for uuid in uuids}
    for row in tx.all(sa.select(provider_aggregates).where(provider_aggregates.c.provider.in_(list(found)))):
        found[row.provider].add(row.aggregate)
    return found


def put(tx: Tx, uuid: str, aggregates: Iterable[str]) -> None:
    """Put a provider into exactly these aggregates."""
    wanted, present = set(aggregates), of(tx, [uuid])[uuid]
    for aggregate in sorted(present - wanted):
        tx.delete(provider_aggregates, provider=uuid, aggregate=aggregate)
    for aggregate in sorted(wanted - present):
        tx.insert(provider_aggregates, provider=uuid, aggregate=aggregate)


def inside(*any_of: Collection[str]) -> sa.ColumnElement[bool]:
    """The condition that a provider is in one aggregate at least of each of these sets."""
    here = provider_aggregates.c
    return has_one_of_each(providers.c.uuid, here.provider, here.aggregate, any_of)
