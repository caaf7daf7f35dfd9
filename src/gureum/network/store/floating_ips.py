"""Floating IPs."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx
from gureum.network.faults import floating_ip_not_found
from gureum.network.floating_ip import FloatingIp
from gureum.network.store import standard

FIRST_REVISION = 0

floating_ips = sa.Table(
    "floating_ips",
    metadata,
    *standard.standard_columns(),
    sa.Column("floating_ip_address", sa.String(64), nullable=False),
    sa.Column("floating_network_id", sa.String(36), nullable=False),
    sa.Column("floating_port_id", sa.String(36), nullable=False),
    sa.Column("port_id", sa.String(36), index=True),
    sa.Column("fixed_ip_address", sa.String(64)),
    sa.Column("router_id", sa.String(36), index=True),
    sa.Column("status", sa.String(16), nullable=False),
    sa.UniqueConstraint("floating_network_id", "port_id", "fixed_ip_address"),
    info={"journal": "floating_ip"},
)


def from_row(row: Row[Any]) -> FloatingIp:
    """The domain object of a row."""
    return FloatingIp(**{column.name: row._mapping[column.name] for column in floating_ips.c})


def find(tx: Tx, id: str) -> FloatingIp | None:
    """A floating IP, or None."""
    row = tx.one(sa.select(floating_ips).where(floating_ips.c.id == id))
    return None if row is None else from_row(row)


def get(tx: Tx, id: str) -> FloatingIp:
    """A floating IP. Raises NotFound."""
    found = find(tx, id)
    if found is None:
        raise floating_ip_not_found(id)
    return found


def select(tx: Tx, *where: sa.ColumnElement[bool]) -> list[FloatingIp]:
    """The floating IPs that a condition picks, oldest first."""
    statement = sa.select(floating_ips).where(*where).order_by(floating_ips.c.created_at, floating_ips.c.id)
    return [from_row(row) for row in tx.all(statement)]


def add(tx: Tx, **values: Any) -> None:
    """Keep a new floating IP."""
    standard.add(tx, floating_ips, values, FIRST_REVISION)


def change(tx: Tx, id: str, **values: Any) -> None:
    """Change a floating IP."""
    standard.change(tx, floating_ips, id, **values)


def remove(tx: Tx, id: str) -> None:
    """Forget a floating IP."""
    tx.delete(floating_ips, id=id)
