"""Custom resource classes; the standard ones are no rows."""

from collections.abc import Iterable

import sqlalchemy as sa

from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

resource_classes = sa.Table(
    "resource_classes",
    metadata,
    sa.Column("name", sa.String(255), primary_key=True),
    sa.Column("created_at", sa.BigInteger, nullable=False),
)


def custom(tx: Tx, names: Iterable[str] | None = None) -> dict[str, int]:
    """Custom classes (of `names`, where given) with the time of their making."""
    statement = sa.select(resource_classes).order_by(resource_classes.c.created_at, resource_classes.c.name)
    if names is not None:
        statement = statement.where(resource_classes.c.name.in_(list(names)))
    return {row.name: row.created_at for row in tx.all(statement)}


def add(tx: Tx, name: str, now: int) -> None:
    """Keep a custom class."""
    tx.insert(resource_classes, name=name, created_at=now)


def rename(tx: Tx, name: str, to: str) -> None:
    """Give a custom class another name."""
    tx.update(resource_classes, {"name": name}, name=to)


def remove(tx: Tx, name: str) -> None:
    """Forget a custom class."""
    tx.delete(resource_classes, name=name)
