"""Small jobs that come round again: dropping what is old, looking whether the world is as the rows say."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from gureum.kernel import clock, log
from gureum.kernel.clock import Micros
from gureum.kernel.flow.tables import strands
from gureum.kernel.store.database import Database
from gureum.kernel.store.schema import journal
from gureum.kernel.store.tx import Tx

_logger = log.get("housekeeping")
MOST_AT_ONCE = 5000
"""Rows that a chore touches in one transaction; it comes again at once when there were more."""
DAY = 24 * 3600.0


@dataclass(frozen=True)
class Chore:
    """A job for every `seconds`: one short transaction, that says how many rows it touched."""

    name: str
    seconds: float
    job: Callable[[Tx], int]


async def keep_house(database: Database, chores: Sequence[Chore], leads: Callable[[], bool] = lambda: True) -> None:
    """Run each chore at start and then in its turn, until cancelled; only while this process `leads`."""
    await asyncio.gather(*(_keep(database, chore, leads) for chore in chores))


async def _keep(database: Database, chore: Chore, leads: Callable[[], bool]) -> None:
    while True:
        while not leads():
            await asyncio.sleep(1)
        try:
            touched = await database.writing(chore.job)
        except Exception:
            _logger.exception("chore failed", chore=chore.name)
            touched = 0
        # a full bite means that there is more
        await asyncio.sleep(0.1 if touched >= MOST_AT_ONCE else chore.seconds)


def forget_strands(age: Micros) -> Callable[[Tx], int]:
    """A job that drops strands which ended longer ago than `age`."""

    def job(tx: Tx) -> int:
        old = sa.select(strands.c.id).where(strands.c.finished_at < clock.now() - age).limit(MOST_AT_ONCE)
        return tx.execute(strands.delete().where(strands.c.id.in_(old)))

    return job


def forget_journal(age: Micros) -> Callable[[Tx], int]:
    """A job that drops journal rows older than `age`."""

    def job(tx: Tx) -> int:
        old = sa.select(journal.c.id).where(journal.c.at < clock.now() - age).limit(MOST_AT_ONCE)
        return tx.execute(journal.delete().where(journal.c.id.in_(old)))

    return job
