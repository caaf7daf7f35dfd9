"""Transactions, the writer lane, paging."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from gureum.kernel.caller import Caller
from gureum.kernel.faults import Busy, Conflict, OverQuota
from gureum.kernel.quota import Quotas
from gureum.kernel.store.database import Database
from gureum.kernel.store.lanes import Lanes
from gureum.kernel.store.query import sorted_page
from gureum.kernel.store.schema import journal, metadata
from gureum.kernel.store.tx import Tx
from tests.databases import ON_POSTGRESQL, again, new_database

things = sa.Table(
    "test_things",
    metadata,
    sa.Column("id", sa.String(8), primary_key=True),
    sa.Column("name", sa.String(8)),
    sa.Column("password", sa.String(8), info={"secret": True}),
    info={"journal": "thing"},
)

numbered = sa.Table(
    "test_numbered",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("name", sa.String(8)),
    info={"journal": "numbered"},
)

plain = sa.Table(
    "test_plain", metadata, sa.Column("id", sa.String(8), primary_key=True), sa.Column("name", sa.String(8))
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = new_database(tmp_path / "x.sqlite")
    metadata.create_all(database.engine)
    yield database
    database.close()


def test_a_write_that_comes_too_late_is_refused(tmp_path: Path) -> None:
    database = Lanes(tmp_path / "late.sqlite", durable=False)
    begun, go_on = threading.Event(), threading.Event()
    first = database.submit(lambda tx: (begun.set(), go_on.wait(10), "done")[-1])
    assert begun.wait(10)
    closing = threading.Thread(target=database.close)
    closing.start()
    while database._jobs.empty():
        time.sleep(0.001)
    late = database.submit(lambda tx: "never")
    go_on.set()
    closing.join(10)
    assert first.result(1) == "done"
    for one in (late, database.submit(lambda tx: "never")):
        with pytest.raises(Busy, match="going down"):
            one.result(1)


def test_a_full_disk_fails_every_write_and_ends_with_it(tmp_path: Path) -> None:
    database = Lanes(tmp_path / "full.sqlite", durable=False)
    try:
        metadata.create_all(database.engine)
        begun, go_on = threading.Event(), threading.Event()
        first = database.submit(lambda tx: (begun.set(), go_on.wait(10)))
        assert begun.wait(10)
        database.submit(lambda tx: tx.conn.exec_driver_sql("PRAGMA max_page_count = 1"))
        fat = [database.submit(lambda tx, n=n: tx.insert(things, id=str(n), name="x" * 200_000)) for n in range(3)]
        go_on.set()
        first.exception(10)
        for one in fat:
            assert isinstance(one.exception(10), sqlite3.OperationalError | sa.exc.OperationalError), (
                "it ends, with a fault"
            )
        assert ids(database) == []
        database.write(lambda tx: tx.conn.exec_driver_sql("PRAGMA max_page_count = 1073741823"))
        database.write(lambda tx: tx.insert(things, id="a"))
        assert ids(database) == ["a"]
    finally:
        database.close()


def ids(database: Database) -> list[str]:
    return database.read(lambda tx: [row.id for row in tx.all(sa.select(things.c.id).order_by(things.c.id))])


def test_a_failed_write_leaves_nothing_and_does_not_spoil_its_neighbours(database: Database) -> None:
    def bad(tx: Tx) -> None:
        tx.insert(things, id="bad")
        raise Conflict("no")

    gate = threading.Event()
    futures = [database.submit(lambda tx: gate.wait())]
    futures.append(database.submit(lambda tx: tx.insert(things, id="a")))
    futures.append(database.submit(bad))
    futures.append(database.submit(lambda tx: tx.insert(things, id="b")))
    gate.set()
    with pytest.raises(Conflict):
        futures[2].result(5)
    for good in (futures[1], futures[3]):
        good.result(5)
    assert ids(database) == ["a", "b"]


def test_a_write_that_was_answered_is_there_for_another_connection(database: Database) -> None:
    database.write(lambda tx: tx.insert(things, id="x"))
    other = again(database)
    assert ids(other) == ["x"]
    other.close()


def test_what_breaks_after_a_commit_is_not_the_writers_fault(database: Database) -> None:
    rung: list[str] = []

    def job(tx: Tx) -> str:
        tx.insert(things, id="a")
        tx.after_commit += [lambda: [][0], lambda: rung.append("a")]
        return "done"

    assert database.submit(job).result(10) == "done", "it is committed, whatever came after"
    assert rung == ["a"], "one that breaks keeps no other from being done"
    database.submit(lambda tx: tx.insert(things, id="b")).result(10)
    assert ids(database) == ["a", "b"]


def test_after_commit_runs_only_for_what_was_committed(database: Database) -> None:
    rung: list[str] = []

    def job(tx: Tx, name: str, fail: bool) -> None:
        tx.after_commit.append(lambda: rung.append(name))
        if fail:
            raise Conflict("no")

    with pytest.raises(Conflict):
        database.write(lambda tx: job(tx, "failed", True))
    database.write(lambda tx: job(tx, "done", False))
    assert rung == ["done"]


def test_the_journal_knows_what_the_database_numbers(database: Database) -> None:
    database.write(lambda tx: tx.insert(numbered, name="a"))
    database.write(lambda tx: tx.update(numbered, {"name": "a"}, name="b"))
    rows = database.read(
        lambda tx: tx.all(sa.select(journal).where(journal.c.kind == "numbered").order_by(journal.c.id))
    )
    assert [(row.verb, row.subject) for row in rows] == [("create", "1"), ("update", "1")]


def test_every_change_is_one_journal_entry_without_secrets(database: Database) -> None:
    caller = Caller(user_id="u", project_id="p", request_id="req-1")
    database.write(lambda tx: tx.insert(things, id="x", name="one", password="secret"), caller)
    database.write(lambda tx: tx.update(things, {"id": "x"}, name="two", password="secret2"), caller)
    database.write(lambda tx: tx.update(things, {"id": "x"}, name="two"), caller)
    database.write(lambda tx: tx.delete(things, id="x"), caller)
    rows = database.read(lambda tx: tx.all(sa.select(journal).order_by(journal.c.id)))
    assert [(row.verb, row.subject, row.user_id, row.request_id) for row in rows] == [
        (verb, "x", "u", "req-1") for verb in ("create", "update", "delete")
    ]
    assert rows[1].before == {"name": "one", "password": "***"}
    assert rows[1].after == {"name": "two", "password": "***"}
    assert "secret" not in str([(row.before, row.after) for row in rows])


@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_pages_cover_everything_once_even_with_nulls(database: Database, direction: str) -> None:
    names = [None, "b", "a", None, "a"]
    for number, name in enumerate(names):
        database.write(lambda tx, n=number, m=name: tx.insert(things, id=str(n), name=m))
    sorts = [(things.c.name, direction), (things.c.id, "asc")]
    everything = database.read(lambda tx: tx.all(sorted_page(sa.select(things), sorts)))  # type: ignore[arg-type]
    seen: list[str] = []
    after = None
    while True:
        page = database.read(
            lambda tx, a=after: tx.all(sorted_page(sa.select(things), sorts, after=a, limit=2))  # type: ignore[arg-type]
        )
        if not page:
            break
        seen += [row.id for row in page]
        after = (page[-1].name, page[-1].id)
    assert seen == [row.id for row in everything]
    assert sorted(seen) == ["0", "1", "2", "3", "4"]


def test_a_quota_is_never_passed_by_many_at_once(database: Database) -> None:
    quotas = Quotas("test", {"things": 5})

    def count(tx: Tx) -> int:
        return tx.count(sa.select(things.c.id))

    def add(tx: Tx, name: str) -> None:
        quotas.check(tx, "p", {"things": 1}, lambda _: count(tx))
        tx.insert(things, id=name)

    futures = [database.submit(lambda tx, n=number: add(tx, str(n))) for number in range(20)]
    refused = [future.exception(5) for future in futures]
    assert sum(one is None for one in refused) == 5
    fault = next(one for one in refused if one is not None)
    assert isinstance(fault, OverQuota)
    assert (fault.about["limit"], fault.about["used"], fault.about["requested"]) == (5, 5, 1)


def test_keys_and_values_of_every_kind(database: Database) -> None:
    """Nulls in a key, a column both in the key and changed, values that the database computes."""

    def job(tx: Tx) -> tuple[int, int, int, int]:
        for id, name in (("a", None), ("b", "x"), ("c", "x")):
            tx.insert(plain, id=id, name=name)
        return (
            tx.update(plain, {"name": None}, name="y"),
            tx.update(plain, {"id": "b", "name": "x"}, name=None),
            tx.update(plain, {"id": "c"}, name=sa.func.upper(plain.c.name)),
            tx.delete(plain, name=None, id="c"),
        )

    assert database.write(job) == (1, 1, 1, 0)
    kept = database.read(lambda tx: tx.all(sa.select(plain.c.id, plain.c.name).order_by(plain.c.id)))
    assert [tuple(row) for row in kept] == [("a", "y"), ("b", None), ("c", "X")]


def test_databases_of_one_process_share_what_was_compiled_and_nothing_else(tmp_path: Path) -> None:
    database = Lanes(tmp_path / "x.sqlite", durable=False)
    metadata.create_all(database.engine)
    other = Lanes(tmp_path / "y.sqlite", durable=False)
    metadata.create_all(other.engine)
    database.write(lambda tx: tx.insert(things, id="here"))
    other.write(lambda tx: tx.insert(things, id="there"))
    assert (ids(database), ids(other)) == (["here"], ["there"])
    assert other.engine.dialect is database.engine.dialect
    other.close()
    database.close()


@pytest.mark.skipif(not ON_POSTGRESQL, reason="SQLite's statements have no limit")
def test_a_statement_that_takes_too_long_is_cut_off_and_nothing_of_it_is_done(database: Database) -> None:
    def endless(tx: Tx) -> None:
        if tx.writable:
            tx.insert(things, id="1", name="a")
        tx.conn.exec_driver_sql("SET LOCAL statement_timeout = '20ms'")
        tx.conn.exec_driver_sql("SELECT pg_sleep(30)")

    for run in (database.read, database.write):
        with pytest.raises(Busy, match="takes too long"):
            run(endless)
    assert database.read(lambda tx: tx.all(sa.select(things))) == []


@pytest.mark.skipif(not ON_POSTGRESQL, reason="writers of SQLite take turns")
def test_who_collides_looks_again_however_often_it_waited_before(database: Database) -> None:
    database.write(lambda tx: tx.insert(plain, id="taken", name="a"))
    held, ending = threading.Event(), threading.Event()

    def hold(tx: Tx) -> None:
        tx.lock("thing", "taken")
        held.set()
        ending.wait(10)

    holder = threading.Thread(target=lambda: database.write(hold))
    holder.start()
    assert held.wait(10)
    tries: list[str] = []

    def job(tx: Tx) -> str:
        tries.append("")
        if len(tries) == 1:
            tx.hurry(0.01)
            tx.lock("thing", "taken")
        elif len(tries) < 4:
            ending.set()
            tx.insert(plain, id="taken", name="b")
        return "found"

    try:
        assert database.write(job) == "found"
    finally:
        ending.set()
        holder.join()
    assert len(tries) == 4
    with pytest.raises(sa.exc.IntegrityError):
        database.write(lambda tx: tx.insert(plain, id="taken", name="c"))


def test_a_number_too_large_for_a_column_is_like_nothing_in_it(database: Database) -> None:
    database.write(lambda tx: tx.insert(numbered, name="one"))

    def found(tx: Tx, *condition: sa.ColumnElement[bool]) -> int:
        return tx.count(sa.select(numbered.c.id).where(*condition))

    for number in (2**31, 2**63 - 1, -(2**63)):
        assert database.read(lambda tx, number=number: found(tx, numbered.c.id == number)) == 0
        assert database.read(lambda tx, number=number: found(tx, numbered.c.id < number)) == (number > 0)


def test_what_breaks_does_not_tell_what_was_to_be_written(database: Database) -> None:
    def twice(tx: Tx) -> None:
        for _ in range(2):
            tx.insert(things, id="1", name="a", password="pLanTed")

    for job in (twice, lambda tx: tx.insert(things, id=None, name="a", password="pLanTed")):
        with pytest.raises(sa.exc.IntegrityError) as broken:
            database.write(job)
        assert "test_things" in str(broken.value)
        for said in (str(broken.value), repr(broken.value), str(broken.value.orig), repr(broken.value.orig)):
            assert "pLanTed" not in said
