"""Console tokens: each opens one server's console for a while."""

from dataclasses import dataclass

import sqlalchemy as sa

from gureum.kernel.clock import Micros
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

tokens = sa.Table(
    "console_tokens",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("server_id", sa.String(36), nullable=False, index=True),
    sa.Column("type", sa.String(16), nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class ConsoleToken:
    """A token by its SHA-256: the row opens nothing for who reads it."""

    digest: str
    server_id: str
    type: str
    expires_at: Micros


def add(tx: Tx, token: ConsoleToken) -> None:
    """Keep a token."""
    tx.insert(tokens, digest=token.digest, server_id=token.server_id, type=token.type, expires_at=token.expires_at)


def find(tx: Tx, digest: str) -> ConsoleToken | None:
    """A token, or None."""
    row = tx.one(sa.select(tokens).where(tokens.c.digest == digest))
    return None if row is None else ConsoleToken(**row._mapping)


def expire(tx: Tx, now: Micros) -> None:
    """Forget those whose time is over."""
    tx.execute(tokens.delete().where(tokens.c.expires_at <= now))


def remove_of(tx: Tx, server_id: str) -> None:
    """Forget a server's tokens."""
    tx.delete(tokens, server_id=server_id)


def use(tx: Tx, token: ConsoleToken) -> None:
    """A token opens one connection only."""
    tx.delete(tokens, digest=token.digest)
