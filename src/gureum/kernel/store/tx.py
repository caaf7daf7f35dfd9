"""One open transaction, and the door through which everything is written."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from gureum.kernel import clock
from gureum.kernel.caller import SYSTEM, Caller
from gureum.kernel.store.holding import lock_key, named_by_key
from gureum.kernel.store.schema import journal

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

    def scalar(self, statement: sa.Executable) -> Any:
        """The first column of the first row, or None."""
        return self.conn.execute(statement).scalar()

    def count(self, statement: sa.Select[Any]) -> int:
        """How many rows the statement has."""
        return self.scalar(sa.select(sa.func.count()).select_from(statement.subquery())) or 0

    def execute(self, statement: sa.Executable) -> int:
        """Run a statement that writes; says how many rows it touched."""
        return self.conn.execute(statement).rowcount  # type: ignore[union-attr]

    def insert(self, table: sa.Table, **values: Any) -> None:
        """Add a row. Raises sqlalchemy.exc.IntegrityError where a constraint forbids it."""
        self.conn.execute(table.insert().values(**values))
        if "journal" in table.info:
            self._record(table, values, None, values)
        self._written(table)

    def update(self, table: sa.Table, key: dict[str, Any], **values: Any) -> int:
        """Change the rows that `key` matches; says how many there were."""
        where = _matches(table, key)
        if "journal" not in table.info:
            return self.conn.execute(table.update().where(where).values(**values)).rowcount
        rows = self.conn.execute(table.select().where(where).with_for_update()).mappings().all()
        if rows:
            self.conn.execute(table.update().where(where).values(**values))
        self._written(table)
        for row in rows:
            changed = {name: value for name, value in values.items() if row[name] != value}
            if changed:
                self._record(table, dict(row), {name: row[name] for name in changed}, changed)
        return len(rows)

    def delete(self, table: sa.Table, **key: Any) -> int:
        """Take away the rows that `key` matches; says how many there were."""
        where = _matches(table, key)
        if "journal" not in table.info:
            return self.conn.execute(table.delete().where(where)).rowcount
        rows = self.conn.execute(table.select().where(where).with_for_update()).mappings().all()
        if rows:
            self.conn.execute(table.delete().where(where))
        self._written(table)
        for row in rows:
            self._record(table, dict(row), dict(row), None)
        return len(rows)

    def lock(self, kind: str, subject: str) -> None:
        """Keep others from checking and writing the same thing until this transaction ends.

        On SQLite writers already take turns, so there is nothing to do.
        """
        if not self.writable:
            raise RuntimeError(f"lock of {kind} {subject} in a transaction that only reads")
        if self._crowded:
            self.conn.execute(_LOCK, {"key": lock_key(kind, subject)})

    def hurry(self, seconds: float) -> None:
        """From here on give up, to be tried again, where a lock is not had in so many seconds; longer with each attempt."""
        if self._crowded:
            millis = int(min(seconds * 2**self.attempt, _LONGEST_HURRY) * 1000)
            self.conn.exec_driver_sql(f"SET LOCAL lock_timeout = {millis}")

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
        self.conn.execute(
            journal.insert().values(
                at=clock.now(),
                request_id=self.caller.request_id,
                global_request_id=self.caller.global_request_id,
                user_id=self.caller.user_id,
                project_id=self.caller.project_id,
                kind=table.info["journal"],
                subject=subject,
                owner=row.get("project_id") or row.get("owner"),
                verb=verb,
                before=_open_columns(table, before),
                after=_open_columns(table, after),
            )
        )


def _matches(table: sa.Table, key: dict[str, Any]) -> sa.ColumnElement[bool]:
    return sa.and_(*(table.c[name] == value for name, value in key.items()))


def _open_columns(table: sa.Table, values: dict[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {name: "***" if table.c[name].info.get("secret") else value for name, value in values.items()}
