"""Why a server is where it is, or nowhere: each choice of a host, with what every filter said."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gureum.kernel import clock
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

decisions = sa.Table(
    "scheduling_decisions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("server_id", sa.String(36), nullable=False, index=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("wanted", sa.JSON, nullable=False),
    sa.Column("chosen", sa.String(255)),
    sa.Column("refused", sa.JSON, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Decision:
    """`wanted` is the request; `refused` a list of {host, filter, reason}, complete where nothing was chosen."""

    id: int
    server_id: str
    at: int
    wanted: dict[str, Any]
    chosen: str | None
    refused: list[dict[str, Any]]


def add(tx: Tx, server_id: str, wanted: dict[str, Any], chosen: str | None, refused: list[dict[str, Any]]) -> None:
    """Keep a decision."""
    tx.insert(decisions, server_id=server_id, at=clock.now(), wanted=wanted, chosen=chosen, refused=refused)


def latest(tx: Tx, server_id: str) -> Decision | None:
    """The last decision about a server, or None."""
    row = tx.one(
        sa.select(decisions).where(decisions.c.server_id == server_id).order_by(decisions.c.id.desc()).limit(1)
    )
    return None if row is None else Decision(**row._mapping)


def remove_of(tx: Tx, server_id: str) -> None:
    """Forget the decisions about a server."""
    tx.delete(decisions, server_id=server_id)
