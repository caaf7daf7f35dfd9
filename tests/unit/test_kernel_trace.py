"""Spans, and traces that are kept within bounds."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gureum import migrations
from gureum.agent.timing import Stopwatch, part
from gureum.kernel import clock
from gureum.kernel.store.database import Database
from gureum.kernel.store.migrate import migrate
from gureum.kernel.trace import Spans, recording, span
from gureum.kernel.trace import store as traces
from gureum.kernel.trace.spans import MOST
from gureum.kernel.trace.tables import requests, works
from tests.databases import new_database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = new_database(tmp_path / "x.sqlite")
    migrate(found.engine, Path(migrations.__file__).parent, migrations.HEAD)
    yield found
    found.close()


def request(number: int, *, changes: bool = True, at: int | None = None) -> dict[str, Any]:
    return {
        "request_id": f"req-{number}",
        "global_request_id": None,
        "at": clock.now() if at is None else at,
        "micros": 1,
        "changes": changes,
        "service": "compute",
        "method": "POST",
        "path": "/",
        "status": 200,
        "user_id": None,
        "project_id": None,
        "spans": [],
    }


def count(database: Database, table: sa.Table) -> int:
    return database.read(lambda tx: tx.count(sa.select(table)))


def test_spans_nest_and_know_when_they_began() -> None:
    spans = Spans()
    with recording(spans), span("outer", "a"), span("inner", "b"):
        pass
    outer, inner = spans.plain()
    assert (outer[0], inner[0]) == ("outer", "inner")
    assert outer[2] <= inner[2]
    assert outer[2] + outer[3] >= inner[2] + inner[3]


def test_nobody_listens_nothing_is_kept_and_a_span_that_fails_is() -> None:
    with span("x", "y"):
        pass
    spans = Spans()
    with pytest.raises(KeyError), recording(spans), span("x", "y"):
        raise KeyError
    assert [one.part for one in spans.parts] == ["x"]


def test_a_piece_of_work_has_only_so_many_spans() -> None:
    spans = Spans()
    with recording(spans):
        for _ in range(MOST * 2):
            with span("x", "y"):
                pass
    assert len(spans.parts) == MOST


def test_recording_costs_microseconds() -> None:
    began = time.perf_counter()
    for _ in range(1000):
        spans = Spans()
        with recording(spans), span("x", "y"):
            pass
    assert (time.perf_counter() - began) / 1000 < 100e-6


def test_an_agents_parts_are_those_of_the_ask_it_works_on() -> None:
    watch = Stopwatch()

    def work() -> int:
        with part("image"):
            return 3

    assert watch.run(work) == 3
    with part("nobody's"):
        pass
    assert [one.name for one in watch.parts] == ["image"]


def test_what_gathered_is_written_once(database: Database) -> None:
    recorder = traces.Recorder()
    for number in range(700):
        recorder.add(request(number))
    assert [database.write(recorder.flush()) for _ in range(3)] == [500, 200, 0]
    assert count(database, requests) == 700


def test_reads_go_after_an_hour_and_the_rest_when_its_time_comes(database: Database) -> None:
    recorder, now = traces.Recorder(), clock.now()
    for hours in (0, 2, 30):
        recorder.add(request(hours, changes=False, at=now - clock.minutes(60 * hours)))
        recorder.add(request(100 + hours, at=now - clock.minutes(60 * hours)))
    database.write(recorder.flush())
    database.write(traces.forget(clock.minutes(60 * 24), 100))
    kept = database.read(lambda tx: {row.request_id for row in tx.all(sa.select(requests.c.request_id))})
    assert kept == {"req-0", "req-100", "req-102"}


def test_only_the_newest_are_kept_and_reads_do_not_push_changes_out(database: Database) -> None:
    recorder = traces.Recorder()
    for number in range(10):
        recorder.add(request(number))
    for number in range(10, 110):
        recorder.add(request(number, changes=False))
    database.write(recorder.flush())
    for _ in range(100):
        database.write(lambda tx: traces.add_step(tx, "req-1", "X.start", "thing/1", "done", Spans()))
    database.write(traces.forget(clock.minutes(60), 6))
    kept = database.read(lambda tx: [row.request_id for row in tx.all(sa.select(requests).where(requests.c.changes))])
    assert kept == [f"req-{number}" for number in range(4, 10)]
    assert count(database, requests) == 106
    assert count(database, works) == 60


def test_work_of_nobodys_request_leaves_no_trace(database: Database) -> None:
    database.write(lambda tx: traces.add_step(tx, "", "X.start", "thing/1", "done", Spans()))
    assert count(database, works) == 0
