"""What is kept about passwords beside the one that counts: those before it, and how often a wrong one came."""

import sqlalchemy as sa

from gureum.kernel.clock import Micros
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

former = sa.Table(
    "former_passwords",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("user_id", sa.String(64), nullable=False, index=True),
    sa.Column("password_hash", sa.String(255), nullable=False, info={"secret": True}),
)

failures = sa.Table(
    "login_failures",
    metadata,
    sa.Column("user_id", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("last_at", sa.BigInteger, nullable=False),
)
"""Wrong passwords in a row. Not among what the identity epoch watches: whoever guesses must not make it rise."""


def before(tx: Tx, user_id: str, most: int) -> list[str]:
    """The hashes of a user's last passwords before the present one, newest first."""
    statement = sa.select(former.c.password_hash).where(former.c.user_id == user_id).order_by(former.c.id.desc())
    return [row.password_hash for row in tx.all(statement.limit(most))]


def put_away(tx: Tx, user_id: str, password_hash: str, keep: int) -> None:
    """Keep the hash of a password that is being replaced, and no more than `keep` of them."""
    tx.insert(former, user_id=user_id, password_hash=password_hash)
    ids = [row.id for row in tx.all(sa.select(former.c.id).where(former.c.user_id == user_id).order_by(former.c.id))]
    for id in ids[:-keep]:
        tx.delete(former, id=id)


def wrong(tx: Tx, user_id: str) -> tuple[int, Micros]:
    """How many wrong passwords there were in a row, and when the last."""
    row = tx.one(sa.select(failures).where(failures.c.user_id == user_id))
    return (0, 0) if row is None else (row.number, row.last_at)


def count_wrong(tx: Tx, user_id: str, number: int, now: Micros) -> None:
    """Say how many there are by now."""
    if not tx.update(failures, {"user_id": user_id}, number=number, last_at=now):
        tx.insert(failures, user_id=user_id, number=number, last_at=now)


def forgive(tx: Tx, user_id: str) -> None:
    """Forget the wrong ones."""
    tx.delete(failures, user_id=user_id)


def forget(tx: Tx, user_id: str) -> None:
    """Forget all about a user's passwords."""
    forgive(tx, user_id)
    tx.delete(former, user_id=user_id)
