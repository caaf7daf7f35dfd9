"""One open transaction, and the door through which everything is written."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row, RowMapping

from gureum.kernel import clock, log
from gureum.kernel.caller import SYSTEM, Caller
from gureum.kernel.store.holding import lock_key, named_by_key
from gureum.kernel.store.schema import journal

_logger = log.get("store")
_LOCK = sa.text("SELECT pg_advisory_xact_lock(:key)")
_LONGEST_HURRY = 5.0


class Tx:
    """A transaction of one request or one step: reads of one moment, writes that all happen or none.

    `insert`, `update` and `delete` also write the journal for tables that ask for it; `execute` is for what needs no journal.

    Where others write at the same time (PostgreSQL), a row that a writing transaction reads by its key is its own until it
    ends: nobody changes or deletes it between the look and the deed. `peek` looks without that.
    """

    def __init__(self, conn: Connection, *, writable: bool, caller: Caller = SYSTEM, attempt: int = 0) -> None:
        self.conn = conn
        self.writable = writable
        self.caller = caller
        self.attempt = attempt
        self._crowded = conn.dialect.name != "sqlite"
        self.after_commit: list[Callable[[], None]] = []
        self.seen: dict[object, Any] = {}
        """What was read already, for transactions that only read: they see one moment."""
        self._told: set[Callable[[Tx], None]] = set()

    def all(self, statement: sa.Executable, **parameters: Any) -> Sequence[Row[Any]]:
        """Every row. `parameters` are those of a statement that was built once, with `sa.bindparam`."""
        return self.conn.execute(self._held(statement), parameters or None).all()

    def one(self, statement: sa.Executable, **parameters: Any) -> Row[Any] | None:
        """The first row, or None."""
        return self.conn.execute(self._held(statement), parameters or None).first()

    def peek(self, statement: sa.Executable) -> Row[Any] | None:
        """The first row, or None, whoever else is at it."""
        return self.conn.execute(statement).first()

    def scalar(self, statement: sa.Executable, **parameters: Any) -> Any:
        """The first column of the first row, or None."""
        return self.conn.execute(statement, parameters or None).scalar()

    def count(self, statement: sa.Select[Any]) -> int:
        """How many rows the statement has."""
        return self.scalar(sa.select(sa.func.count()).select_from(statement.subquery())) or 0

    def execute(self, statement: sa.Executable, **parameters: Any) -> int:
        """Run a statement that writes; says how many rows it touched."""
        return self.conn.execute(statement, parameters or None).rowcount  # type: ignore[union-attr]

    def insert(self, table: sa.Table, /, **values: Any) -> None:
        """Add a row. Raises sqlalchemy.exc.IntegrityError where a constraint forbids it."""
        made = self._insert(table, values)
        if "journal" in table.info:
            key = dict(zip((column.name for column in table.primary_key.columns), made, strict=True))
            self._record(table, values | key, None, values)
        self._written(table)

    def update(self, table: sa.Table, key: dict[str, Any], /, **values: Any) -> int:
        """Change the rows that `key` matches; says how many there were."""
        if "journal" not in table.info:
            return self._update(table, key, values)
        rows = self._rows(table, key)
        if rows:
            self._update(table, key, values)
        self._written(table)
        for row in rows:
            changed = {name: value for name, value in values.items() if row[name] != value}
            if changed:
                self._record(table, dict(row), {name: row[name] for name in changed}, changed)
        return len(rows)

    def delete(self, table: sa.Table, /, **key: Any) -> int:
        """Take away the rows that `key` matches; says how many there were."""
        if "journal" not in table.info:
            return self._delete(table, key)
        rows = self._rows(table, key)
        if rows:
            self._delete(table, key)
        self._written(table)
        for row in rows:
            self._record(table, dict(row), dict(row), None)
        return len(rows)

    def _rows(self, table: sa.Table, key: dict[str, Any]) -> Sequence[RowMapping]:
        return self.conn.execute(_select(table, _shape(key)), _bound(key)).mappings().all()

    def _insert(self, table: sa.Table, values: dict[str, Any]) -> Sequence[Any]:
        """The new row's primary key, whoever chose it."""
        if _computed(values):
            return self.conn.execute(table.insert().values(**values)).inserted_primary_key or ()
        return self.conn.execute(_insertion(table), values).inserted_primary_key or ()

    def _update(self, table: sa.Table, key: dict[str, Any], values: dict[str, Any]) -> int:
        change = _change(table, _shape(key))
        if _computed(values) or not values:
            return self.conn.execute(change.values(**values), _bound(key)).rowcount
        return self.conn.execute(change, _bound(key) | values).rowcount

    def _delete(self, table: sa.Table, key: dict[str, Any]) -> int:
        return self.conn.execute(_deletion(table, _shape(key)), _bound(key)).rowcount

    def lock(self, kind: str, subject: str) -> None:
        """Keep others from checking and writing the same thing until this transaction ends.

        On SQLite writers already take turns, so there is nothing to do.
        """
        if not self.writable:
            raise RuntimeError(f"lock of {kind} {subject} in a transaction that only reads")
        if self._crowded:
            self.conn.execute(_LOCK, {"key": lock_key(kind, subject)})

    @contextmanager
    def savepoint(self, name: str) -> Generator[None]:
        """What is written within is undone where it raises; the transaction goes on.

        By hand, for the connection is in autocommit mode as far as SQLAlchemy knows.
        """
        run, pending = self.conn.exec_driver_sql, len(self.after_commit)
        run(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            del self.after_commit[pending:]
            run(f"ROLLBACK TO {name}")
            run(f"RELEASE {name}")
            raise
        run(f"RELEASE {name}")

    def hurry(self, seconds: float) -> None:
        """From here on give up, to be tried again, where a lock is not had in so many seconds; longer with each attempt."""
        if self._crowded:
            millis = int(min(seconds * 2**self.attempt, _LONGEST_HURRY) * 1000)
            self.conn.exec_driver_sql(f"SET LOCAL lock_timeout = {millis}")

    def committed(self) -> None:
        """Do what waited for the commit. It is committed: whatever breaks now is only logged, and the rest is done."""
        for after in self.after_commit:
            try:
                after()
            except Exception:
                _logger.exception("after a commit")

    def glance(self) -> "Tx":
        """The same transaction for whoever only looks, and holds nothing by that."""
        return Tx(self.conn, writable=False, caller=self.caller)

    def _held(self, statement: sa.Executable) -> sa.Executable:
        """The statement, holding the row that it names by its key where others write at the same time."""
        if self.writable and self._crowded and isinstance(statement, sa.Select):
            table = named_by_key(statement)
            if table is not None:
                return statement.with_for_update(of=table)
        return statement

    def _written(self, table: sa.Table) -> None:
        """Tell who asked to be told of writes to the table: `info={"after_write": function of Tx}`, once a transaction."""
        tell = table.info.get("after_write")
        if tell is not None and tell not in self._told:
            self._told.add(tell)
            tell(self)

    def _record(
        self, table: sa.Table, row: dict[str, Any], before: dict[str, Any] | None, after: dict[str, Any] | None
    ) -> None:
        subject = "/".join(str(row.get(column.name)) for column in table.primary_key.columns)
        verb = "create" if before is None else "delete" if after is None else "update"
        entry = {
            "at": clock.now(),
            "request_id": self.caller.request_id,
            "global_request_id": self.caller.global_request_id,
            "user_id": self.caller.user_id,
            "project_id": self.caller.project_id,
            "kind": table.info["journal"],
            "subject": subject,
            "owner": row.get("project_id") or row.get("owner"),
            "verb": verb,
            "before": _open_columns(table, before),
            "after": _open_columns(table, after),
        }
        self._insert(journal, entry)


Shape = tuple[tuple[str, bool], ...]
"""The columns of a key, each with whether it is looked for as null."""


def _shape(key: dict[str, Any]) -> Shape:
    return tuple((name, value is None) for name, value in key.items())


def _bound(key: dict[str, Any]) -> dict[str, Any]:
    return {f"key_{name}": value for name, value in key.items() if value is not None}


def _matches(table: sa.Table, shape: Shape) -> sa.ColumnElement[bool]:
    each = (
        table.c[name].is_(None) if null else table.c[name] == sa.bindparam(f"key_{name}", type_=table.c[name].type)
        for name, null in shape
    )
    return sa.and_(sa.true(), *each)


@cache
def _select(table: sa.Table, shape: Shape) -> sa.Select[Any]:
    return table.select().where(_matches(table, shape)).with_for_update()


@cache
def _insertion(table: sa.Table) -> sa.Insert:
    return table.insert()


@cache
def _change(table: sa.Table, shape: Shape) -> sa.Update:
    return table.update().where(_matches(table, shape))


@cache
def _deletion(table: sa.Table, shape: Shape) -> sa.Delete:
    return table.delete().where(_matches(table, shape))


def _computed(values: dict[str, Any]) -> bool:
    """Whether the database computes one of the values, so that the statement is built for this once."""
    return any(isinstance(value, sa.ClauseElement) for value in values.values())


def _open_columns(table: sa.Table, values: dict[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {name: "***" if table.c[name].info.get("secret") else value for name, value in values.items()}
