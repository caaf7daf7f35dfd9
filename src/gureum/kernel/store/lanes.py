"""How transactions run on SQLite: reads each on a connection of their own, all writes through one lane, in order.

The lane runs queued writes as savepoints of one commit, so that forty writers cost little more than one. Nothing is answered
before the commit that holds it.
"""

import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool
from sqlalchemy.util import LRUCache

from gureum.kernel import log
from gureum.kernel.caller import SYSTEM, Caller
from gureum.kernel.faults import Busy
from gureum.kernel.store.database import Database, Job, encode_json
from gureum.kernel.store.tx import Tx

T = TypeVar("T")

_logger = log.get("store")
_MOST_IN_ONE_COMMIT = 64
_LONGEST_COMMIT = 0.010
_QUEUE = 10_000


@cache
def _template() -> sa.Engine:
    """What all databases of a process have in common: their dialect, and with it every statement that was compiled once."""
    template = sa.create_engine(
        "sqlite://",
        isolation_level="AUTOCOMMIT",
        json_serializer=encode_json,
        json_deserializer=msgspec.json.decode,
        execution_options={"compiled_cache": LRUCache(2000)},
    )
    template.connect().close()
    return template


def _open(path: Path) -> sa.Engine:
    template = _template()

    def connect() -> Any:
        return sqlite3.connect(
            path, check_same_thread=False, timeout=30, cached_statements=512, isolation_level=None, uri=False
        )

    engine = sa.Engine(
        NullPool(connect, dialect=template.dialect),
        template.dialect,
        sa.URL.create("sqlite", database=str(path)),
        execution_options=template.get_execution_options(),
        hide_parameters=True,
    )
    set_up = template.dialect.on_connect()
    if set_up is not None:
        event.listen(engine, "connect", lambda connection, _: set_up(connection))
    return engine


def statement(conn: Connection) -> Callable[[str], object]:
    """Runs what opens and closes transactions on the driver's connection: SQLAlchemy is in autocommit mode and need not know."""
    driver: Any = conn.connection.dbapi_connection
    return driver.execute


class Lanes(Database):
    """The database of one control process on SQLite."""

    def __init__(self, path: Path, *, durable: bool = True, readers: int = 8) -> None:
        self.path = path
        self._durable = durable
        self.engine = _open(path)
        event.listen(self.engine, "connect", self._prepare)
        self.readers = ThreadPoolExecutor(readers, thread_name_prefix="read")
        self._local = threading.local()
        self._connections: list[Connection] = []
        self._jobs: queue.Queue[tuple[Job, Caller, Future[Any]] | None] = queue.Queue(_QUEUE)
        self._closed = False
        self._lane = threading.Thread(target=self._run_lane, name="write", daemon=True)
        self._lane.start()

    def _prepare(self, connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={'FULL' if self._durable else 'OFF'}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA temp_store=MEMORY")
        cursor.execute("PRAGMA cache_size=-16000")
        cursor.close()

    def read(self, job: Callable[[Tx], T], caller: Caller = SYSTEM) -> T:
        conn = getattr(self._local, "conn", None)
        if conn is None:
            conn = self._local.conn = self.engine.connect()
            self._connections.append(conn)
        run = statement(conn)
        run("BEGIN")
        try:
            return job(Tx(conn, writable=False, caller=caller))
        finally:
            run("ROLLBACK")

    def submit(self, job: Callable[[Tx], T], caller: Caller = SYSTEM) -> "Future[T]":
        future: Future[T] = Future()
        try:
            self._jobs.put_nowait((job, caller, future))
        except queue.Full:
            raise Busy("Too many changes are queued. Try again.") from None
        if self._closed:
            self.refuse()
        return future

    def write(self, job: Callable[[Tx], T], caller: Caller = SYSTEM) -> T:
        if threading.current_thread() is self._lane:
            raise RuntimeError("a write within a write")
        return self.submit(job, caller).result()

    def refuse(self) -> None:
        """Take no more writes: whoever waits for one to begin, or asks for one from now on, is told so."""
        self._closed = True
        ending = False
        with suppress(queue.Empty):
            while True:
                item = self._jobs.get_nowait()
                if item is None:
                    ending = True
                elif item[2].set_running_or_notify_cancel():
                    item[2].set_exception(Busy("The control plane is going down. Try again."))
        if ending:
            self._jobs.put(None)

    def close(self) -> None:
        self._jobs.put(None)
        self._lane.join()
        self.refuse()
        self.readers.shutdown()
        for conn in self._connections:
            conn.close()
        self.engine.dispose()

    def _run_lane(self) -> None:
        with self.engine.connect() as conn:
            while (first := self._jobs.get()) is not None:
                again = self._commit_some(conn, first)
                if not again:
                    return

    def _commit_some(self, conn: Connection, first: tuple[Job, Caller, Future[Any]]) -> bool:
        """Run `first` and what queued meanwhile as one commit; False when the lane was told to end."""
        started = time.monotonic()
        finished: list[tuple[Tx, Any, Future[Any]]] = []
        item: tuple[Job, Caller, Future[Any]] | None = first
        go_on = True
        run = statement(conn)
        try:
            run("BEGIN IMMEDIATE")
            while item is not None:
                job, caller, future = item
                if future.set_running_or_notify_cancel():
                    self._run_one(conn, job, caller, future, finished)
                if len(finished) >= _MOST_IN_ONE_COMMIT or time.monotonic() - started > _LONGEST_COMMIT:
                    break
                try:
                    item = self._jobs.get_nowait()
                    go_on = item is not None
                except queue.Empty:
                    break
            run("COMMIT")
        except BaseException as error:
            _logger.error("commit failed", error=repr(error))
            if conn.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
                run("ROLLBACK")
            # Whoever's turn it was is not among the finished: a full disk undoes the savepoint with all the rest.
            for future in (*(future for _, _, future in finished), (item or first)[2]):
                if not future.done():
                    future.set_exception(error)
            return go_on
        for tx, result, future in finished:
            tx.committed()
            future.set_result(result)
        return go_on

    def _run_one(
        self, conn: Connection, job: Job, caller: Caller, future: "Future[Any]", finished: list[tuple[Tx, Any, Any]]
    ) -> None:
        run = statement(conn)
        run("SAVEPOINT job")
        tx = Tx(conn, writable=True, caller=caller)
        try:
            result = job(tx)
        except BaseException as error:
            if not conn.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
                raise  # a full disk has undone all of them, and all shall hear why
            run("ROLLBACK TO job")
            run("RELEASE job")
            future.set_exception(error)
            return
        run("RELEASE job")
        finished.append((tx, result, future))
