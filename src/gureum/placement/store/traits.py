"""Custom traits, and which providers have which traits."""

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from gureum.kernel.store.query import has_one_of_each
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx
from gureum.placement.store.providers import providers

traits = sa.Table(
    "traits",
    metadata,
    sa.Column("name", sa.String(255), primary_key=True),
    sa.Column("created_at", sa.BigInteger, nullable=False),
)
"""Custom ones; the standard ones are no rows."""

provider_traits = sa.Table(
    "provider_traits",
    metadata,
    sa.Column("provider", sa.String(36), primary_key=True),
    sa.Column("trait", sa.String(255), primary_key=True),
    sa.Index("ix_provider_traits_trait", "trait", "provider"),
)


def custom(tx: Tx, names: Iterable[str] | None = None) -> dict[str, int]:
    """Custom traits (of `names`, where given) with the time of their making."""
    statement = sa.select(traits).order_by(traits.c.name)
    if names is not None:
        statement = statement.where(traits.c.name.in_(list(names)))
    return {row.name: row.created_at for row in tx.all(statement)}


def add(tx: Tx, name: str, now: int) -> None:
    """Keep a custom trait."""
    tx.insert(traits, name=name, created_at=now)


def remove(tx: Tx, name: str) -> None:
    """Forget a custom trait."""
    tx.delete(traits, name=name)


def in_use(tx: Tx, name: str | None = None) -> set[str]:
    """The traits that some provider has; of `name` alone where given."""
    statement = sa.select(provider_traits.c.trait).distinct()
    if name is not None:
        statement = statement.where(provider_traits.c.trait == name)
    return {row.trait for row in tx.all(statement)}


def of(tx: Tx, uuids: Iterable[str]) -> dict[str, set[str]]:
    """The traits of several providers."""
    found: dict[str, set[str]] = {uuid: set() for uuid in uuids}
    for row in tx.all(sa.select(provider_traits).where(provider_traits.c.provider.in_(list(found)))):
        found[row.provider].add(row.trait)
    return found


def put(tx: Tx, uuid: str, names: Iterable[str]) -> None:
    """Give a provider exactly these traits."""
    wanted, present = set(names), of(tx, [uuid])[uuid]
    for name in sorted(present - wanted):
        tx.delete(provider_traits, provider=uuid, trait=name)
    for name in sorted(wanted - present):
        tx.insert(provider_traits, provider=uuid, trait=name)


def having(*any_of: Collection[str]) -> sa.ColumnElement[bool]:
    """The condition that a provider has one trait at least of each of these sets."""
    return has_one_of_each(providers.c.uuid, provider_traits.c.provider, provider_traits.c.trait, any_of)
