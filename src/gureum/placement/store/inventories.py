"""What providers have of each resource class.

`used` and `free` stand beside each inventory, written in the transactions that write allocations, so that the providers with
enough of everything are found by an index, however many there are.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx
from gureum.placement.inventory import MOST, Inventory
from gureum.placement.store.providers import providers

inventories = sa.Table(
    "inventories",
    metadata,
    sa.Column("provider", sa.String(36), primary_key=True),
    sa.Column("resource_class", sa.String(255), primary_key=True),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("reserved", sa.BigInteger, nullable=False),
    sa.Column("allocation_ratio", sa.Float, nullable=False),
    sa.Column("used", sa.BigInteger, nullable=False),
    sa.Column("free", sa.BigInteger, nullable=False),
    sa.Column("min_unit", sa.Integer, nullable=False, server_default="1"),
    sa.Column("max_unit", sa.Integer, nullable=False, server_default=str(MOST)),
    sa.Column("step_size", sa.Integer, nullable=False, server_default="1"),
    sa.Index("ix_inventories_free", "resource_class", "free", "provider"),
)


def of(tx: Tx, uuids: Iterable[str]) -> dict[str, dict[str, Inventory]]:
    """What several providers have, by class."""
    found: dict[str, dict[str, Inventory]] = {uuid: {} for uuid in uuids}
    statement = sa.select(inventories).where(inventories.c.provider.in_(list(found)))
    for row in tx.all(statement.order_by(inventories.c.provider, inventories.c.resource_class)):
        found[row.provider][row.resource_class] = _from_row(row)
    return found


def put(tx: Tx, uuid: str, resource_class: str, inventory: Inventory, *, new: bool) -> None:
    """Keep what a provider has of one class, with what is used of it."""
    key = {"provider": uuid, "resource_class": resource_class}
    values = {
        "total": inventory.total,
        "reserved": inventory.reserved,
        "allocation_ratio": inventory.allocation_ratio,
        "used": inventory.used,
        "free": inventory.free,
        "min_unit": inventory.min_unit,
        "max_unit": inventory.max_unit,
        "step_size": inventory.step_size,
    }
    if new:
        tx.insert(inventories, **key, **values)
    else:
        tx.update(inventories, key, **values)


def remove(tx: Tx, uuid: str, resource_class: str | None = None) -> None:
    """Forget what a provider has, of one class or of all."""
    tx.delete(inventories, provider=uuid, **({} if resource_class is None else {"resource_class": resource_class}))


def has_class(tx: Tx, resource_class: str) -> bool:
    """Whether any provider has something of a class."""
    found = sa.select(inventories.c.provider).where(inventories.c.resource_class == resource_class)
    return tx.peek(found.limit(1)) is not None


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


def enough(resource_class: str, amount: int) -> sa.ColumnElement[bool]:
    """The condition that a provider can lend so much of a class in one allocation."""
    here = inventories.c
    if amount > MOST:
        return sa.false()
    fits = (here.free >= amount, here.min_unit <= amount, here.max_unit >= amount, amount % here.step_size == 0)
    return providers.c.uuid.in_(sa.select(here.provider).where(here.resource_class == resource_class, *fits))


def rename_class(tx: Tx, name: str, to: str) -> None:
    """A class has another name."""
    tx.update(inventories, {"resource_class": name}, resource_class=to)


def _from_row(row: Row[Any]) -> Inventory:
    return Inventory(row.total, row.reserved, row.allocation_ratio, row.used, row.min_unit, row.max_unit, row.step_size)
