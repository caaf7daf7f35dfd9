"""Subnets."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx
from gureum.network.faults import subnet_not_found
from gureum.network.store import standard
from gureum.network.subnet import Subnet

FIRST_REVISION = 0

subnets = sa.Table(
    "subnets",
    metadata,
    *standard.standard_columns(),
    sa.Column("network_id", sa.String(36), sa.ForeignKey("networks.id"), nullable=False, index=True),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("ip_version", sa.Integer, nullable=False),
    sa.Column("cidr", sa.String(64), nullable=False),
    sa.Column("gateway_ip", sa.String(64)),
    sa.Column("enable_dhcp", sa.Boolean, nullable=False),
    sa.Column("ipv6_ra_mode", sa.String(16)),
    sa.Column("ipv6_address_mode", sa.String(16)),
    sa.Column("allocation_pools", sa.JSON, nullable=False),
    sa.Column("host_routes", sa.JSON, nullable=False),
    sa.Column("dns_nameservers", sa.JSON, nullable=False),
    sa.Column("service_types", sa.JSON, nullable=False),
    info={"journal": "subnet"},
)


def from_row(row: Row[Any]) -> Subnet:
    """The domain object of a row."""
    return Subnet(**row._mapping)


def find(tx: Tx, id: str) -> Subnet | None:
    """A subnet, or None."""
    row = tx.one(sa.select(subnets).where(subnets.c.id == id))
    return None if row is None else from_row(row)


def get(tx: Tx, id: str) -> Subnet:
    """A subnet. Raises NotFound."""
    found = find(tx, id)
    if found is None:
        raise subnet_not_found(id)
    return found


def select(tx: Tx, *where: sa.ColumnElement[bool]) -> list[Subnet]:
    """The subnets that a condition picks, oldest first."""
    statement = sa.select(subnets).where(*where).order_by(subnets.c.created_at, subnets.c.id)
    return [from_row(row) for row in tx.all(statement)]


def of_network(tx: Tx, network_id: str) -> list[Subnet]:
    """A network's subnets, oldest first."""
    return select(tx, subnets.c.network_id == network_id)


def by_id(tx: Tx, ids: Iterable[str]) -> dict[str, Subnet]:
    """Subnets by id."""
    return {subnet.id: subnet for subnet in select(tx, subnets.c.id.in_(set(ids)))}


def ids_by_network(tx: Tx, network_ids: Iterable[str]) -> dict[str, list[str]]:
    """The subnets' ids of many networks."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    wanted = list(network_ids)
    if wanted:
        statement = sa.select(subnets.c.network_id, subnets.c.id).where(subnets.c.network_id.in_(wanted))
        for row in tx.all(statement.order_by(subnets.c.created_at, subnets.c.id)):
            found[row.network_id].append(row.id)
    return found


def add(tx: Tx, **values: Any) -> None:
    """Keep a new subnet."""
    standard.add(tx, subnets, values, FIRST_REVISION)


def change(tx: Tx, id: str, **values: Any) -> None:
    """Change a subnet."""
    standard.change(tx, subnets, id, **values)


def remove(tx: Tx, id: str) -> None:
    """Forget a subnet."""
    tx.delete(subnets, id=id)
