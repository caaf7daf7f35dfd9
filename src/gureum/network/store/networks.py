"""Networks."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx
from gureum.network.faults import network_not_found
from gureum.network.network import Network
from gureum.network.store import standard

FIRST_REVISION = 1

networks = sa.Table(
    "networks",
    metadata,
    *standard.standard_columns(),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("admin_state_up", sa.Boolean, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
    sa.Column("external", sa.Boolean, nullable=False),
    sa.Column("is_default", sa.Boolean, nullable=False),
    sa.Column("mtu", sa.Integer, nullable=False),
    sa.Column("port_security_enabled", sa.Boolean, nullable=False),
    sa.Column("network_type", sa.String(32), nullable=False, info={"operator": True}),
    sa.Column("physical_network", sa.String(64), info={"operator": True}),
    sa.Column("segmentation_id", sa.Integer, info={"operator": True}),
    sa.Column("segment_key", sa.String(128), unique=True, info={"operator": True}),
    sa.Index("ix_networks_segment", "network_type", "segmentation_id"),
    info={"journal": "network"},
)


def from_row(row: Row[Any]) -> Network:
    """The domain object of a row."""
    return Network(**row._mapping)


def find(tx: Tx, id: str) -> Network | None:
    """A network, or None."""
    row = tx.one(sa.select(networks).where(networks.c.id == id))
    return None if row is None else from_row(row)


def get(tx: Tx, id: str) -> Network:
    """A network. Raises NotFound."""
    found = find(tx, id)
    if found is None:
        raise network_not_found(id)
    return found


def select(tx: Tx, *where: sa.ColumnElement[bool]) -> list[Network]:
    """The networks that a condition picks, oldest first."""
    statement = sa.select(networks).where(*where).order_by(networks.c.created_at, networks.c.id)
    return [from_row(row) for row in tx.all(statement)]


def segment_owner(tx: Tx, key: str) -> str | None:
    """The network that has a place on the wire."""
    return tx.scalar(sa.select(networks.c.id).where(networks.c.segment_key == key))


def free_segment(tx: Tx, network_type: str, physical_network: str | None, first: int, last: int) -> int | None:
    """The lowest segmentation id that is free."""
    same: dict[str, Any] = {"network_type": network_type, "physical_network": physical_network}
    return standard.lowest_gap(tx, networks.c.segmentation_id, same, first, last)


def add(tx: Tx, **values: Any) -> None:
    """Keep a new network."""
    standard.add(tx, networks, values, FIRST_REVISION)


def change(tx: Tx, id: str, **values: Any) -> None:
    """Change a network; with nothing to change, only its revision rises."""
    standard.change(tx, networks, id, **values)


def remove(tx: Tx, id: str) -> None:
    """Forget a network."""
    tx.delete(networks, id=id)
