"""Routers."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx
from gureum.network.faults import router_not_found
from gureum.network.router import Router
from gureum.network.store import ports, standard

FIRST_REVISION = 1

routers = sa.Table(
    "routers",
    metadata,
    *standard.standard_columns(),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("admin_state_up", sa.Boolean, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("gateway_port_id", sa.String(36), index=True),
    sa.Column("gateway_network_id", sa.String(36), index=True),
    sa.Column("enable_snat", sa.Boolean, nullable=False),
    sa.Column("routes", sa.JSON, nullable=False),
    info={"journal": "router"},
)


def with_gateways(tx: Tx, rows: Sequence[Row[Any]]) -> list[Router]:
    """The routers of rows, with their gateways' addresses: one query for all."""
    held = ports.addresses_of(tx, [row.gateway_port_id for row in rows if row.gateway_port_id])
    return [Router(**row._mapping, gateway_ips=tuple(held.get(row.gateway_port_id or "", ()))) for row in rows]


def find(tx: Tx, id: str) -> Router | None:
    """A router, or None."""
    row = tx.one(sa.select(routers).where(routers.c.id == id))
    return None if row is None else with_gateways(tx, [row])[0]


def get(tx: Tx, id: str) -> Router:
    """A router. Raises NotFound."""
    found = find(tx, id)
    if found is None:
        raise router_not_found(id)
    return found


def select(tx: Tx, *where: sa.ColumnElement[bool]) -> list[Router]:
    """The routers that a condition picks, oldest first."""
    return with_gateways(tx, tx.all(sa.select(routers).where(*where).order_by(routers.c.created_at, routers.c.id)))


def add(tx: Tx, **values: Any) -> None:
    """Keep a new router."""
    standard.add(tx, routers, values, FIRST_REVISION)


def change(tx: Tx, id: str, **values: Any) -> None:
    """Change a router."""
    standard.change(tx, routers, id, **values)


def remove(tx: Tx, id: str) -> None:
    """Forget a router."""
    tx.delete(routers, id=id)
