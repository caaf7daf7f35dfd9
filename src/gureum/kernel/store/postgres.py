"""How transactions run on PostgreSQL: many at once, in any number of processes.

A read sees one moment (REPEATABLE READ). A write is READ COMMITTED: each statement sees what is committed, so what was waited
for with `Tx.lock` is seen when the wait is over. What fails only because others write at the same time is done again.
"""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

import msgspec
import psycopg
import sqlalchemy as sa
from psycopg.types.string import StrDumper
from sqlalchemy import event
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gureum.kernel import log
from gureum.kernel.caller import SYSTEM, Caller
from gureum.kernel.faults import Busy
from gureum.kernel.store.database import Database, encode_json
from gureum.kernel.store.transient import cut_off, transient, unique_violation
from gureum.kernel.store.tx import Tx

T = TypeVar("T")

_logger = log.get("store")
_QUEUE = 10_000
_MOST_TRIES = 10
_MOST_COLLISIONS = 2
_LONGEST_PAUSE = 0.2
_LOCK_SECONDS = 20
_IDLE_SECONDS = 120
_STATEMENT_SECONDS = 60
"""No request is worth more of everybody's database."""


def _without_details(context: ExceptionContext) -> None:
    """Have an error say what is wrong, and not DETAIL, which quotes what was to be written: logs and faults get its text."""
    broken, wrapped = context.original_exception, context.sqlalchemy_exception
    plain = broken.diag.message_primary if isinstance(broken, psycopg.Error) else None
    if plain is not None and wrapped is not None:
        wrapped.args = (wrapped.args[0].replace(str(broken), plain), *wrapped.args[1:])
        broken.args = (plain,)


class _Wide(sa.Integer):
    """What is compared with a column of 32 bits may have 64, as on SQLite: nothing is like it."""

    __visit_name__ = "big_integer"
    render_bind_cast = True


class Postgres(Database):
    """The database that control processes share on PostgreSQL. `most` is how many connections this one opens."""

    def __init__(self, url: sa.URL, *, durable: bool = True, most: int = 20) -> None:
        self._durable = durable
        self.engine = sa.create_engine(
            url.set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            pool_size=most,
            max_overflow=0,
            pool_reset_on_return=None,
            json_serializer=encode_json,
            json_deserializer=msgspec.json.decode,
            hide_parameters=True,
        )
        self.engine.dialect.colspecs = {**self.engine.dialect.colspecs, sa.Integer: _Wide}
        event.listen(self.engine, "connect", self._prepare)
        event.listen(self.engine, "handle_error", _without_details)
        workers = max(2, min(8, most // 3))
        self.readers = ThreadPoolExecutor(workers, thread_name_prefix="read")
        self._writers = ThreadPoolExecutor(workers, thread_name_prefix="write")
        self._queued = threading.BoundedSemaphore(_QUEUE)
        self._local = threading.local()

    def _prepare(self, connection: Any, _record: object) -> None:
        connection.adapters.register_dumper(str, _TextDumper)
        connection.execute(f"SET lock_timeout = '{_LOCK_SECONDS}s'")
        connection.execute(f"SET statement_timeout = '{_STATEMENT_SECONDS}s'")
        connection.execute(f"SET idle_in_transaction_session_timeout = '{_IDLE_SECONDS}s'")
        if not self._durable:
            connection.execute("SET synchronous_commit = off")

    def dial(self) -> "psycopg.Connection[Any]":
        """A connection beside all transactions, which the caller closes."""
        args, options = self.engine.dialect.create_connect_args(self.engine.url)
        return psycopg.connect(*args, **options, autocommit=True)

    def read(self, job: Callable[[Tx], T], caller: Caller = SYSTEM) -> T:
        return self._until_done(lambda conn, _: self._read_once(conn, job, caller))

    def submit(self, job: Callable[[Tx], T], caller: Caller = SYSTEM) -> "Future[T]":
        if not self._queued.acquire(blocking=False):
            raise Busy("Too many changes are queued. Try again.")
        future = self._writers.submit(self._write, job, caller)
        future.add_done_callback(lambda _: self._queued.release())
        return future

    def write(self, job: Callable[[Tx], T], caller: Caller = SYSTEM) -> T:
        if getattr(self._local, "writing", False):
            raise RuntimeError("a write within a write")
        return self._write(job, caller)

    def close(self) -> None:
        self._writers.shutdown()
        self.readers.shutdown()
        self.engine.dispose()

    def _write(self, job: Callable[[Tx], T], caller: Caller) -> T:
        self._local.writing = True
        try:
            tx, result = self._until_done(lambda conn, attempt: self._write_once(conn, job, caller, attempt))
        finally:
            self._local.writing = False
        tx.committed()
        return result

    def _until_done(self, once: Callable[[Connection, int], T]) -> T:
        """Run a transaction, again and again while it fails only for what others do. Raises Busy in the end."""
        collisions = 0
        for attempt in range(_MOST_TRIES):
            try:
                with self.engine.connect() as conn:
                    return once(conn, attempt)
            except PoolTimeout:
                raise Busy("Too much is going on. Try again.") from None
            except DBAPIError as error:
                if cut_off(error):
                    raise Busy("This takes too long. Ask for less, or try again.") from error
                collisions += unique_violation(error)
                # the next time what the other one wrote is there, and is found by the job's own look, unless that ended and
                # another one came after it
                if not transient(error) and not (unique_violation(error) and collisions <= _MOST_COLLISIONS):
                    raise
                _logger.debug("transaction again", attempt=attempt, reason=str(error.orig))
            time.sleep(random.uniform(0, min(_LONGEST_PAUSE, 0.002 * 2**attempt)))  # noqa: S311
        raise Busy("Others change the same. Try again.")

    @staticmethod
    def _read_once(conn: Connection, job: Callable[[Tx], T], caller: Caller) -> T:
        conn.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            return job(Tx(conn, writable=False, caller=caller))
        finally:
            _roll_back(conn)

    @staticmethod
    def _write_once(conn: Connection, job: Callable[[Tx], T], caller: Caller, attempt: int) -> tuple[Tx, T]:
        conn.exec_driver_sql("BEGIN ISOLATION LEVEL READ COMMITTED")
        tx = Tx(conn, writable=True, caller=caller, attempt=attempt)
        try:
            result = job(tx)
        except BaseException:
            _roll_back(conn)
            raise
        try:
            raw: Any = conn.connection.dbapi_connection
            told = raw.execute("COMMIT").statusmessage
        except psycopg.Error as error:
            # whether it is committed nobody knows, so it must not be done again
            conn.invalidate()
            raise CommitLost(str(error)) from error
        if told != "COMMIT":
            raise RuntimeError("a statement had failed, and its transaction went on")
        return tx, result


class _TextDumper(StrDumper):
    """PostgreSQL's text has no NUL: the sign for what cannot be shown takes its place, in what is kept and in what is sought."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "\ufffd"))


class CommitLost(Exception):
    """The connection broke while a transaction was being committed."""


def _roll_back(conn: Connection) -> None:
    with suppress(DBAPIError):
        conn.exec_driver_sql("ROLLBACK")
