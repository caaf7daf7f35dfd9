"""Hosts: the compute services and hypervisors, a row each."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.compute.host import Host
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

hosts = sa.Table(
    "hosts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("uuid", sa.String(36), nullable=False, unique=True),
    sa.Column("service_uuid", sa.String(36), nullable=False, unique=True),
    sa.Column("name", sa.String(255), nullable=False, unique=True),
    sa.Column("vcpus", sa.Integer, nullable=False),
    sa.Column("memory_mib", sa.BigInteger, nullable=False),
    sa.Column("disk_gib", sa.BigInteger, nullable=False),
    sa.Column("hypervisor", sa.String(64), nullable=False),
    sa.Column("hypervisor_version", sa.Integer, nullable=False),
    sa.Column("cpu_arch", sa.String(32), nullable=False),
    sa.Column("cpu_model", sa.String(255), nullable=False),
    sa.Column("features", sa.JSON, nullable=False),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("zone", sa.String(255), nullable=False),
    sa.Column("up", sa.Boolean, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("disabled_reason", sa.String(255)),
    sa.Column("forced_down", sa.Boolean, nullable=False),
    sa.Column("changed_at", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger),
    info={"journal": "host"},
)


def from_row(row: Row[Any]) -> Host:
    """The domain object of a row."""
    return Host(**row._mapping)


def hold(tx: Tx, name: str) -> None:
    """Be the only one that changes a host and what it lends until this transaction ends: the two rows must agree."""
    tx.lock("host", name)


def find(tx: Tx, name: str) -> Host | None:
    """A host by name, or None."""
    row = tx.one(sa.select(hosts).where(hosts.c.name == name))
    return None if row is None else from_row(row)


def everyone(tx: Tx, names: Iterable[str] | None = None) -> list[Host]:
    """All hosts (or those named), oldest first."""
    statement = sa.select(hosts).order_by(hosts.c.id)
    if names is not None:
        statement = statement.where(hosts.c.name.in_(list(names)))
    return [from_row(row) for row in tx.all(statement)]


def behind(tx: Tx, id: int, limit: int) -> list[Host]:
    """Hosts whose numbers come after one, in order."""
    return [from_row(row) for row in tx.all(sa.select(hosts).where(hosts.c.id > id).order_by(hosts.c.id).limit(limit))]


def add(tx: Tx, name: str, **values: Any) -> None:
    """Keep a new host."""
    tx.insert(hosts, name=name, **values)


def change(tx: Tx, name: str, **values: Any) -> None:
    """Change columns of a host."""
    tx.update(hosts, {"name": name}, **values)


def remove(tx: Tx, name: str) -> None:
    """Forget a host."""
    tx.delete(hosts, name=name)


def by_uuids(tx: Tx, uuids: Iterable[str]) -> list[Host]:
    """The hosts that exist of `uuids`."""
    return [from_row(row) for row in tx.all(sa.select(hosts).where(hosts.c.uuid.in_(list(uuids))))]


def any_up(tx: Tx) -> bool:
    """Whether any host is up."""
    return tx.one(sa.select(hosts.c.id).where(hosts.c.up, sa.not_(hosts.c.forced_down)).limit(1)) is not None


def zone_exists(tx: Tx, zone: str) -> bool:
    """Whether any host is in a zone."""
    return tx.one(sa.select(hosts.c.id).where(hosts.c.zone == zone).limit(1)) is not None
