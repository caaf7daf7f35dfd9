"""Providers of resources and their trees."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx
from gureum.placement.provider import Provider

providers = sa.Table(
    "resource_providers",
    metadata,
    sa.Column("uuid", sa.String(36), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False, unique=True),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("available", sa.Boolean, nullable=False),
    sa.Column("zone", sa.String(255), nullable=False),
    sa.Column("parent", sa.String(36), index=True),
    sa.Column("root", sa.String(36), nullable=False, index=True),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
)

_SHOWN = (
    providers.c.uuid,
    providers.c.name,
    providers.c.generation,
    providers.c.root,
    providers.c.parent,
    providers.c.updated_at,
)


def find(tx: Tx, uuid: str) -> Provider | None:
    """A provider, or None."""
    row = tx.one(sa.select(*_SHOWN).where(providers.c.uuid == uuid))
    return None if row is None else _from_row(row)


def find_by_name(tx: Tx, name: str) -> Provider | None:
    """A provider by its name, or None."""
    row = tx.one(sa.select(*_SHOWN).where(providers.c.name == name))
    return None if row is None else _from_row(row)


def matching(tx: Tx, *conditions: sa.ColumnElement[bool]) -> list[Provider]:
    """The providers that all conditions hold for, oldest first."""
    order = (providers.c.created_at, providers.c.uuid)
    return [_from_row(row) for row in tx.all(sa.select(*_SHOWN).where(*conditions).order_by(*order))]


def by_uuids(tx: Tx, uuids: Iterable[str]) -> dict[str, Provider]:
    """The providers that exist of `uuids`."""
    return {one.uuid: one for one in matching(tx, providers.c.uuid.in_(list(uuids)))}


def lent(tx: Tx, uuids: Iterable[str]) -> dict[str, tuple[str, str, bool]]:
    """By uuid, what compute wants to be so: (name, zone, available)."""
    here = providers.c
    rows = tx.all(sa.select(here.uuid, here.name, here.zone, here.available).where(here.uuid.in_(list(uuids))))
    return {row.uuid: (row.name, row.zone, row.available) for row in rows}


def tree(tx: Tx, root: str) -> list[Provider]:
    """A whole tree."""
    return matching(tx, providers.c.root == root)


def has_children(tx: Tx, uuid: str) -> bool:
    """Whether a provider is another's parent."""
    return tx.peek(sa.select(providers.c.uuid).where(providers.c.parent == uuid).limit(1)) is not None


def add(tx: Tx, provider: Provider, *, zone: str, available: bool) -> None:
    """Keep a new provider. Raises sqlalchemy.exc.IntegrityError for a uuid or name that is taken."""
    tx.insert(
        providers,
        uuid=provider.uuid,
        name=provider.name,
        generation=provider.generation,
        available=available,
        zone=zone,
        parent=provider.parent,
        root=provider.root,
        created_at=provider.updated_at,
        updated_at=provider.updated_at,
    )


def change(tx: Tx, uuid: str, **values: object) -> None:
    """Change columns of a provider."""
    tx.update(providers, {"uuid": uuid}, **values)


def move(tx: Tx, uuids: Iterable[str], root: str) -> None:
    """Put providers under another root."""
    tx.execute(providers.update().where(providers.c.uuid.in_(list(uuids))).values(root=root))


def touch(tx: Tx, uuids: Iterable[str], now: int) -> None:
    """Raise the generations of providers."""
    statement = providers.update().where(providers.c.uuid.in_(sorted(uuids)))
    tx.execute(statement.values(generation=providers.c.generation + 1, updated_at=now))


def remove(tx: Tx, uuid: str) -> None:
    """Forget a provider."""
    tx.delete(providers, uuid=uuid)


def _from_row(row: Row[Any]) -> Provider:
    return Provider(row.uuid, row.name, row.generation, row.root, row.parent, row.updated_at)
