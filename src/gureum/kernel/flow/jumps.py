"""When the clock is set, back or forward: what is due by it would come hours late, or all at once.

Seconds that really passed are counted beside the clock. Where the two part, everything that waits is made due anew: naps and
pauses end, deadlines begin again. So they do when a process starts, for nobody looked at the clock meanwhile.
"""

import time

import sqlalchemy as sa

from gureum.kernel import clock
from gureum.kernel.flow.bell import ring
from gureum.kernel.flow.tables import asks, strands
from gureum.kernel.store.tx import Tx

_LEAST = clock.seconds(1)
_UNANSWERED = sa.exists().where(asks.c.strand == strands.c.id, asks.c.wait == strands.c.wait, asks.c.answer.is_(None))


class Watch:
    """Notices that the clock was set."""

    def __init__(self) -> None:
        self._apart: int | None = None
        self._seen = 0

    def jumped(self) -> bool:
        """Whether it was, since what was seen last was believed; true at first."""
        self._seen = _apart()
        return self._apart is None or abs(self._seen - self._apart) >= _LEAST

    def believe(self) -> None:
        """All is due by the clock as `jumped` saw it."""
        self._apart = self._seen


def _apart() -> int:
    """The clock less the seconds that really passed."""
    return clock.now() - time.monotonic_ns() // 1000


def renew(tx: Tx) -> None:
    """Make everything that waits due by the clock as it is now."""
    now = clock.now()
    open_ = strands.c.finished_at.is_(None)
    waits = strands.c.waiting == "asks", _UNANSWERED
    tx.execute(strands.update().where(open_, *waits, strands.c.silent.is_not(None)).values(due=strands.c.silent + now))
    rests = sa.or_(strands.c.waiting.is_(None), strands.c.waiting == "fault", sa.and_(waits[0], sa.not_(waits[1])))
    tx.execute(strands.update().where(open_, rests, strands.c.due > now).values(due=now))
    tx.execute(asks.update().where(asks.c.answer.is_(None), asks.c.due > now).values(due=now))
    ring(tx)
