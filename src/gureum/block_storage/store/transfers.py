"""Transfers of volumes."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.block_storage.transfer import Transfer
from gureum.kernel.faults import NotFound
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

transfers = sa.Table(
    "volume_transfers",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("volume_id", sa.String(36), nullable=False, unique=True),
    sa.Column("project_id", sa.String(64), nullable=False, index=True),
    sa.Column("name", sa.String(255)),
    sa.Column("no_snapshots", sa.Boolean, nullable=False),
    sa.Column("salt", sa.String(32), nullable=False, info={"secret": True}),
    sa.Column("key_hash", sa.String(64), nullable=False, info={"secret": True}),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    info={"journal": "volume_transfer"},
)


def from_row(row: Row[Any]) -> Transfer:
    """The domain object of a row."""
    return Transfer(**row._mapping)


def get(tx: Tx, id: str) -> Transfer:
    """A transfer. Raises NotFound."""
    row = tx.one(sa.select(transfers).where(transfers.c.id == id))
    if row is None:
        raise missing(id)
    return from_row(row)


def missing(id: str) -> NotFound:
    """The fault for a transfer that is not there."""
    return NotFound(f"Transfer {id} could not be found.")


def add(tx: Tx, transfer: Transfer) -> None:
    """Keep a new transfer."""
    tx.insert(transfers, **{column.name: getattr(transfer, column.name) for column in transfers.c})


def remove(tx: Tx, id: str) -> None:
    """Forget a transfer."""
    tx.delete(transfers, id=id)


def remove_of(tx: Tx, volume_id: str) -> None:
    """Forget the transfer of a volume, if there is one."""
    tx.delete(transfers, volume_id=volume_id)
