"""Wrong passwords lately. A key is a digest of whom and where they were for; rows live for minutes."""

from collections.abc import Iterable

import sqlalchemy as sa

from gureum.kernel.clock import Micros
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

wrong_passwords = sa.Table(
    "wrong_passwords",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("last", sa.BigInteger, nullable=False, index=True),
)


def counted(tx: Tx, keys: Iterable[str]) -> dict[str, tuple[int, Micros]]:
    """How many there were and when the last one was, by key; keys without any are left out."""
    rows = tx.all(sa.select(wrong_passwords).where(wrong_passwords.c.key.in_(list(keys))))
    return {row.key: (row.times, row.last) for row in rows}


def count(tx: Tx, key: str, now: Micros) -> None:
    """One more."""
    table = wrong_passwords
    if not tx.update(table, {"key": key}, times=table.c.times + 1, last=now):
        tx.insert(table, key=key, times=1, last=now)


def forget(tx: Tx, key: str) -> None:
    """None any more."""
    tx.delete(wrong_passwords, key=key)


def forget_before(tx: Tx, instant: Micros) -> None:
    """None of those whose last one is older."""
    tx.execute(wrong_passwords.delete().where(wrong_passwords.c.last < instant))
