"""Host aggregates and the hosts in them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.compute.aggregate import Aggregate
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

aggregates = sa.Table(
    "aggregates",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("uuid", sa.String(36), nullable=False, unique=True),
    sa.Column("name", sa.String(255), nullable=False, unique=True),
    sa.Column("metadata", sa.JSON, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger),
    info={"journal": "aggregate"},
    sqlite_autoincrement=True,
)

members = sa.Table(
    "aggregate_hosts",
    metadata,
    sa.Column("aggregate_id", sa.Integer, primary_key=True),
    sa.Column("host", sa.String(255), primary_key=True),
    sa.Column("added_at", sa.BigInteger, nullable=False),
    sa.Index("ix_aggregate_hosts_host", "host"),
    info={"journal": "aggregate host"},
)


def everyone(tx: Tx) -> list[Aggregate]:
    """All aggregates with their hosts, oldest first."""
    return _with_hosts(tx, tx.all(sa.select(aggregates).order_by(aggregates.c.id)))


def find(tx: Tx, id: int) -> Aggregate | None:
    """An aggregate, or None."""
    found = _with_hosts(tx, tx.all(sa.select(aggregates).where(aggregates.c.id == id)))
    return found[0] if found else None


def find_by_name(tx: Tx, name: str) -> Aggregate | None:
    """An aggregate by name, or None."""
    found = _with_hosts(tx, tx.all(sa.select(aggregates).where(aggregates.c.name == name)))
    return found[0] if found else None


def aggregates_of_hosts(tx: Tx, names: Iterable[str]) -> dict[str, list[Aggregate]]:
    """The aggregates that each of the hosts is in (their `hosts` are left out), oldest first."""
    rows = tx.all(
        sa.select(members.c.host, aggregates)
        .join(aggregates, aggregates.c.id == members.c.aggregate_id)
        .where(members.c.host.in_(list(names)))
        .order_by(aggregates.c.id)
    )
    found: defaultdict[str, list[Aggregate]] = defaultdict(list)
    for row in rows:
        found[row.host].append(_from_row(row, []))
    return dict(found)


def metadata_by_host(tx: Tx) -> dict[str, dict[str, list[str]]]:
    """For each host in an aggregate: the keys of its aggregates' metadata, with the value of each that has it."""
    rows = tx.all(
        sa.select(members.c.host, aggregates.c.metadata)
        .join(aggregates, aggregates.c.id == members.c.aggregate_id)
        .order_by(aggregates.c.id)
    )
    found: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        for key, value in row.metadata.items():
            found.setdefault(row.host, {}).setdefault(key, []).append(value)
    return found


def add(tx: Tx, **values: Any) -> None:
    """Keep a new aggregate. Raises sqlalchemy.exc.IntegrityError for a name that is taken."""
    tx.insert(aggregates, **values)


def change(tx: Tx, id: int, **values: Any) -> None:
    """Change columns of an aggregate."""
    tx.update(aggregates, {"id": id}, **values)


def remove(tx: Tx, id: int) -> None:
    """Forget an aggregate."""
    tx.delete(aggregates, id=id)


def add_host(tx: Tx, id: int, host: str, now: int) -> None:
    """Put a host into an aggregate."""
    tx.insert(members, aggregate_id=id, host=host, added_at=now)


def remove_host(tx: Tx, id: int, host: str) -> None:
    """Take a host out of an aggregate."""
    tx.delete(members, aggregate_id=id, host=host)


def drop_host(tx: Tx, host: str) -> None:
    """Take a host out of every aggregate."""
    tx.delete(members, host=host)


def _with_hosts(tx: Tx, rows: Sequence[Row[Any]]) -> list[Aggregate]:
    ids = [row.id for row in rows]
    found: defaultdict[int, list[str]] = defaultdict(list)
    order = (members.c.added_at, members.c.host)
    for row in tx.all(sa.select(members).where(members.c.aggregate_id.in_(ids)).order_by(*order)):
        found[row.aggregate_id].append(row.host)
    return [_from_row(row, found[row.id]) for row in rows]


def _from_row(row: Row[Any], hosts: list[str]) -> Aggregate:
    return Aggregate(row.id, row.uuid, row.name, row.metadata, hosts, row.created_at, row.updated_at)
