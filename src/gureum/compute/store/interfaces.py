"""Ports of servers that come or go: a row as long as the guest has not got, or not lost, the port."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

interfaces = sa.Table(
    "server_interfaces",
    metadata,
    sa.Column("server_id", sa.String(36), primary_key=True),
    sa.Column("port_id", sa.String(36), primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("action_id", sa.Integer),
    sa.Column("created_at", sa.BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class MovingInterface:
    """`state` is attaching, withdrawing (attaching failed) or detaching; `action_id` is the instance action that made it so."""

    server_id: str
    port_id: str
    state: str
    action_id: int | None
    created_at: int


def of(tx: Tx, server_id: str) -> list[MovingInterface]:
    """A server's ports that come or go, oldest first."""
    statement = sa.select(interfaces).where(interfaces.c.server_id == server_id)
    rows = tx.all(statement.order_by(interfaces.c.created_at, interfaces.c.port_id))
    return [MovingInterface(**row._mapping) for row in rows]


def find(tx: Tx, server_id: str, port_id: str) -> MovingInterface | None:
    """A server's port that comes or goes, or None."""
    return next((one for one in of(tx, server_id) if one.port_id == port_id), None)


def leaving(tx: Tx, server_id: str) -> Collection[str]:
    """The ports that the server's guest shall not have any more."""
    return {one.port_id for one in of(tx, server_id) if one.state != "attaching"}


def put(tx: Tx, one: MovingInterface) -> None:
    """Keep that a port comes or goes, in place of what was known of it."""
    values: dict[str, Any] = {column.name: getattr(one, column.name) for column in interfaces.columns}
    remove(tx, one.server_id, one.port_id)
    tx.insert(interfaces, **values)


def remove(tx: Tx, server_id: str, port_id: str) -> None:
    """The guest has it, or has it not."""
    tx.delete(interfaces, server_id=server_id, port_id=port_id)


def remove_all(tx: Tx, server_id: str) -> None:
    """The server is gone."""
    tx.delete(interfaces, server_id=server_id)
