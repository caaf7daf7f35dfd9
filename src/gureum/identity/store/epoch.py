"""The identity epoch: one row that every identity write raises and every request reads.

A resolved token stays in memory only under the epoch it was resolved in, so a revocation holds for the next request.
"""

import sqlalchemy as sa

from gureum.kernel import clock
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

epochs = sa.Table(
    "identity_epoch",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

_READ = sa.select(epochs.c.value).where(epochs.c.id == 1)


def current(tx: Tx) -> int:
    """The epoch that this transaction sees."""
    return tx.scalar(_READ) or 0


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
