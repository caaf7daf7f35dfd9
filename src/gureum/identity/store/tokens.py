"""Token keys and revocations."""

import itertools

import sqlalchemy as sa

from gureum.identity.store.epoch import advance
from gureum.kernel.clock import Micros
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

token_keys = sa.Table(
    "token_keys",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("key", sa.String(64), nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    info={"after_write": advance},
)
"""Newest seals, all of them open."""

revocations = sa.Table(
    "token_revocations",
    metadata,
    sa.Column("audit_id", sa.String(32), primary_key=True),
    sa.Column("until", sa.BigInteger, nullable=False, index=True),
    info={"after_write": advance},
)


def keys(tx: Tx) -> list[str]:
    """The keys, newest first."""
    return [row.key for row in tx.all(sa.select(token_keys.c.key).order_by(token_keys.c.id.desc()))]


def add_key(tx: Tx, key: str, now: Micros) -> None:
    """Add the newest key."""
    tx.insert(token_keys, key=key, created_at=now)


def drop_keys(tx: Tx, before: Micros) -> None:
    """Drop the keys that were replaced before an instant."""
    rows = tx.all(sa.select(token_keys).order_by(token_keys.c.id))
    for row, successor in itertools.pairwise(rows):
        if successor.created_at < before:
            tx.delete(token_keys, id=row.id)


def revoke(tx: Tx, audit_id: str, until: Micros, now: Micros) -> None:
    """Void the tokens with this audit id; rows whose tokens have expired by now are dropped."""
    tx.execute(revocations.delete().where(revocations.c.until < now))
    if not tx.update(revocations, {"audit_id": audit_id}, until=until):
        tx.insert(revocations, audit_id=audit_id, until=until)


def revoked(tx: Tx, audit_ids: tuple[str, ...]) -> bool:
    """Whether one of the audit ids is void."""
    return tx.one(sa.select(revocations.c.audit_id).where(revocations.c.audit_id.in_(audit_ids)).limit(1)) is not None
