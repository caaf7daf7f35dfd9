"""The identity epoch: one row that every identity write raises and every request reads.

A resolved token stays in memory only under the epoch it was resolved in, so a revocation holds for the next request.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa

from gureum.kernel import clock
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

T = TypeVar("T")

epochs = sa.Table(
    "identity_epoch",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

_READ = sa.select(epochs.c.value).where(epochs.c.id == 1)


class _Known:
    """What was found under one epoch."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch
        self.found: dict[str, Any] = {}


_newest = _Known(-1)


def current(tx: Tx) -> int:
    """The epoch that this transaction sees."""
    if tx.writable:
        return tx.scalar(_READ) or 0
    if _READ not in tx.seen:
        tx.seen[_READ] = tx.scalar(_READ) or 0
    return tx.seen[_READ]


def once(tx: Tx, name: str, find: Callable[[Tx], T]) -> T:
    """What `find` finds, looked for once an epoch; whoever writes looks anew, for what it wrote raises the epoch only once."""
    global _newest
    if tx.writable:
        return find(tx)
    now = current(tx)
    known = _newest
    if known.epoch != now:
        known = _Known(now)
        if now > _newest.epoch:
            _newest = known
    if name not in known.found:
        known.found[name] = find(tx)
    return known.found[name]


def advance(tx: Tx) -> None:
    """Raise the epoch: the `after_write` of every identity table.

    It goes to the clock's time, so that a value whose transaction failed never comes again with other content.
    """
    value = sa.case((epochs.c.value >= clock.now(), epochs.c.value + 1), else_=clock.now())
    if not tx.execute(epochs.update().where(epochs.c.id == 1).values(value=value)):
        tx.execute(epochs.insert().values(id=1, value=clock.now()))


def watched(kind: str) -> dict[str, object]:
    """The `info` of an identity table: journaled as `kind`, and every write raises the epoch."""
    return {"journal": kind, "after_write": advance}
