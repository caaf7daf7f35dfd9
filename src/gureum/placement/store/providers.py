"""Providers of resources and their inventories.

`used` and `free` stand beside each inventory, written in the transactions that write allocations, so that the providers with
enough of everything are found by an index, however many there are.
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx
from gureum.placement.inventory import Inventory

providers = sa.Table(
    "resource_providers",
    metadata,
    sa.Column("uuid", sa.String(36), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False, unique=True),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("available", sa.Boolean, nullable=False),
    sa.Column("zone", sa.String(255), nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
)

inventories = sa.Table(
    "inventories",
    metadata,
    sa.Column("provider", sa.String(36), primary_key=True),
    sa.Column("resource_class", sa.String(64), primary_key=True),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("reserved", sa.BigInteger, nullable=False),
    sa.Column("allocation_ratio", sa.Float, nullable=False),
    sa.Column("used", sa.BigInteger, nullable=False),
    sa.Column("free", sa.BigInteger, nullable=False),
    sa.Index("ix_inventories_free", "resource_class", "free", "provider"),
)


def find(tx: Tx, uuid: str) -> str | None:
    """The name of a provider, or None."""
    return tx.scalar(sa.select(providers.c.name).where(providers.c.uuid == uuid))


def add(tx: Tx, uuid: str, name: str, *, zone: str, available: bool, now: int) -> None:
    """Keep a new provider."""
    tx.insert(providers, uuid=uuid, name=name, generation=0, available=available, zone=zone, created_at=now)


def change(tx: Tx, uuid: str, **values: object) -> None:
    """Change columns of a provider."""
    tx.update(providers, {"uuid": uuid}, **values)


def remove(tx: Tx, uuid: str) -> None:
    """Forget a provider and its inventories."""
    tx.delete(inventories, provider=uuid)
    tx.delete(providers, uuid=uuid)


def inventories_of(tx: Tx, uuids: Sequence[str]) -> dict[str, dict[str, Inventory]]:
    """What several providers have, by class."""
    found: dict[str, dict[str, Inventory]] = {uuid: {} for uuid in uuids}
    for row in tx.all(sa.select(inventories).where(inventories.c.provider.in_(uuids))):
        found[row.provider][row.resource_class] = Inventory(row.total, row.reserved, row.allocation_ratio, row.used)
    return found


def set_inventory(tx: Tx, uuid: str, resource_class: str, inventory: Inventory) -> None:
    """Keep what a provider has of one class; what is used of it stays."""
    key = {"provider": uuid, "resource_class": resource_class}
    used = tx.scalar(
        sa.select(inventories.c.used).where(
            inventories.c.provider == uuid, inventories.c.resource_class == resource_class
        )
    )
    values = {
        "total": inventory.total,
        "reserved": inventory.reserved,
        "allocation_ratio": inventory.allocation_ratio,
        "used": used or 0,
        "free": inventory.capacity - (used or 0),
    }
    if used is None:
        tx.insert(inventories, **key, **values)
    else:
        tx.update(inventories, key, **values)


def miscounted(tx: Tx, held: Mapping[tuple[str, str], int]) -> list[tuple[str, str, int, int]]:
    """(provider, class, used, held) where what is counted as used is not what is held."""
    rows = tx.all(sa.select(inventories).order_by(inventories.c.provider, inventories.c.resource_class))
    counted = [
        (row.provider, row.resource_class, row.used, held.get((row.provider, row.resource_class), 0)) for row in rows
    ]
    return [one for one in counted if one[2] != one[3]]


def use(tx: Tx, uuid: str, resource_class: str, amount: int, *, even_too_much: bool = False) -> bool:
    """Take `amount` (give it back where negative); False when a provider has not as much free."""
    statement = (
        inventories.update()
        .where(inventories.c.provider == uuid, inventories.c.resource_class == resource_class)
        .values(used=inventories.c.used + amount, free=inventories.c.free - amount)
    )
    if amount > 0 and not even_too_much:
        statement = statement.where(inventories.c.free >= amount)
    return bool(tx.execute(statement))


def with_room(
    tx: Tx, wanted: Mapping[str, int], *, first: str, zone: str | None, name: str | None, limit: int, offset: int
) -> list[str]:
    """Available providers that have enough of everything, those with most of class `first` free before others."""
    most = inventories.alias("most")
    statement = (
        sa.select(most.c.provider)
        .join(providers, providers.c.uuid == most.c.provider)
        .where(most.c.resource_class == first, most.c.free >= wanted.get(first, 0), providers.c.available)
        .order_by(most.c.free.desc(), most.c.provider.desc())
        .limit(limit)
        .offset(offset)
    )
    for resource_class, amount in wanted.items():
        if resource_class != first and amount > 0:
            other = inventories.alias(f"of_{resource_class.lower()}")
            statement = statement.join(other, other.c.provider == most.c.provider).where(
                other.c.resource_class == resource_class, other.c.free >= amount
            )
    if zone is not None:
        statement = statement.where(providers.c.zone == zone)
    if name is not None:
        statement = statement.where(providers.c.name == name)
    return [row.provider for row in tx.all(statement)]
