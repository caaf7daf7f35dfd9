"""Keeping traces, reading them, forgetting them.

Requests gather in memory and are written a few times a second, so that reading stays reading. Steps and asks are written by the
transactions that carry them: what the trace says happened is what was committed.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.kernel import clock, log
from gureum.kernel.clock import Micros
from gureum.kernel.housekeeping import MOST_AT_ONCE
from gureum.kernel.store.database import Database
from gureum.kernel.store.tx import Tx
from gureum.kernel.trace.spans import Spans
from gureum.kernel.trace.tables import requests, works

_logger = log.get("trace")
_FLUSH_SECONDS = 0.5
_MOST_PENDING = 20_000
_MOST_IN_ONE_WRITE = 500
_MOST_WORKS = 2000
_READS_LAST = clock.minutes(60)
_READS_KEPT = 20_000
_WORKS_FOR_ONE = 10


class Recorder:
    """The requests of one process that are not written yet."""

    def __init__(self) -> None:
        self._pending: deque[dict[str, Any]] = deque(maxlen=_MOST_PENDING)

    def add(self, request: dict[str, Any]) -> None:
        """Keep a request: the columns of its row."""
        self._pending.append(request)

    def flush(self) -> Callable[[Tx], int]:
        """A job that writes what has gathered, and says how many rows there were. It may run again."""
        rows = [self._pending.popleft() for _ in range(min(_MOST_IN_ONE_WRITE, len(self._pending)))]

        def write(tx: Tx) -> int:
            if rows:
                tx.conn.execute(requests.insert(), rows)
            return len(rows)

        return write

    async def run(self, database: Database) -> None:
        """Write, again and again, until cancelled."""
        while True:
            await asyncio.sleep(_FLUSH_SECONDS)
            try:
                while self._pending:
                    await database.writing(self.flush())
            except Exception:
                _logger.exception("traces were lost")


def add_step(tx: Tx, request_id: str, name: str, subject: str, outcome: str, spans: Spans) -> None:
    """Keep a step that a strand of a request made."""
    _add(tx, request_id, "step", name, subject, outcome, at=spans.at, micros=spans.elapsed(), spans=spans.plain())


def add_ask(
    tx: Tx, request_id: str, name: str, subject: str, outcome: str, *, agent: str | None, at: Micros, spans: list[Any]
) -> None:
    """Keep an ask that was made at `at` and has been answered now."""
    now = clock.now()
    _add(tx, request_id, "ask", name, subject, outcome, at=at, micros=now - at, spans=spans, agent=agent)


def _add(tx: Tx, request_id: str, kind: str, name: str, subject: str, outcome: str, **more: Any) -> None:
    if request_id:
        tx.insert(works, request_id=request_id, kind=kind, name=name, subject=subject, outcome=outcome[:1000], **more)


def find_request(tx: Tx, request_id: str) -> Row[Any] | None:
    """A request by its id, or by the id that its client gave to it (the latest, where it gave it to several)."""
    either = sa.or_(requests.c.request_id == request_id, requests.c.global_request_id == request_id)
    return tx.one(sa.select(requests).where(either).order_by(requests.c.id.desc()).limit(1))


def works_of(tx: Tx, request_id: str) -> list[Row[Any]]:
    """A request's steps and asks, in the order of their beginning."""
    return list(
        tx.all(
            sa.select(works).where(works.c.request_id == request_id).order_by(works.c.at, works.c.id).limit(_MOST_WORKS)
        )
    )


def forget(age: Micros, most: int) -> Callable[[Tx], int]:
    """A job that drops traces older than `age` and all but the newest `most`. Requests that only read go much sooner."""

    def job(tx: Tx) -> int:
        now = clock.now()
        reads, changes = requests.c.changes.is_(False), requests.c.changes.is_(True)
        gone = [
            _drop(tx, requests, requests.c.at < now - age),
            _drop(tx, requests, sa.and_(reads, requests.c.at < now - _READS_LAST)),
            _keep_newest(tx, requests, _READS_KEPT, reads),
            _keep_newest(tx, requests, most, changes),
            _drop(tx, works, works.c.at < now - age),
            _keep_newest(tx, works, most * _WORKS_FOR_ONE, sa.true()),
        ]
        return max(gone)

    return job


def _keep_newest(tx: Tx, table: sa.Table, most: int, which: sa.ColumnElement[bool]) -> int:
    last = tx.scalar(sa.select(table.c.id).where(which).order_by(table.c.id.desc()).offset(most).limit(1))
    return 0 if last is None else _drop(tx, table, sa.and_(which, table.c.id <= last))


def _drop(tx: Tx, table: sa.Table, which: sa.ColumnElement[bool]) -> int:
    some = sa.select(table.c.id).where(which).limit(MOST_AT_ONCE)
    return tx.execute(table.delete().where(table.c.id.in_(some)))
