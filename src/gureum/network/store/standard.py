"""What every resource has: owner, description, tags, revision, times."""

from typing import Any

import sqlalchemy as sa

from gureum.kernel import clock
from gureum.kernel.store.tx import Tx


def standard_columns() -> list[sa.Column[Any]]:
    """The columns themselves, new for each table."""
    return [
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("project_id", sa.String(255), nullable=False, index=True),
        sa.Column("description", sa.String(255)),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("revision_number", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    ]


def add(tx: Tx, table: sa.Table, values: dict[str, Any], revision: int) -> None:
    """Insert a row at its first revision."""
    now = clock.now()
    tx.insert(table, **({"tags": [], "revision_number": revision, "created_at": now, "updated_at": now} | values))


def change(tx: Tx, table: sa.Table, id: str, **values: Any) -> None:
    """Change a row and raise its revision; a row that is gone stays gone."""
    revision = tx.scalar(sa.select(table.c.revision_number).where(table.c.id == id))
    if revision is not None:
        tx.update(table, {"id": id}, **values, revision_number=revision + 1, updated_at=clock.now())


def contains(column: sa.ColumnElement[Any], member: str) -> sa.ColumnElement[bool]:
    """Whether a JSON list of texts has `member`. (`LIKE` would mind neither case nor wildcards.)"""
    text = sa.cast(column, sa.Text)
    quoted = '"' + member.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return sa.func.replace(text, quoted, "") != text


def lowest_gap(tx: Tx, column: sa.Column[Any], same: dict[str, Any], first: int, last: int) -> int | None:
    """The lowest number from `first` to `last` that no row with these values has; None when all are taken."""
    table, other = column.table, column.table.alias()
    mine = [table.c[name] == value for name, value in same.items()]
    theirs = [other.c[name] == value for name, value in same.items()]
    if first > last:
        return None
    if tx.one(sa.select(column).where(*mine, column == first)) is None:
        return first
    follower = sa.select(sa.literal(1)).where(*theirs, other.c[column.name] == column + 1).exists()
    return tx.scalar(
        sa.select(column + 1).where(*mine, column >= first, column < last, ~follower).order_by(column).limit(1)
    )
