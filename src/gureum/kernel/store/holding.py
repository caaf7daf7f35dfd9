"""What a transaction holds against others: named locks, and the rows that it read by their keys."""

import hashlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BinaryExpression, BooleanClauseList


def lock_key(kind: str, subject: str) -> int:
    """The number of a named lock: 64 bits with a sign."""
    return int.from_bytes(hashlib.blake2b(f"{kind}/{subject}".encode(), digest_size=8).digest(), "big", signed=True)


def named_by_key(statement: sa.Select[Any]) -> sa.Table | None:
    """The table whose one row the statement asks for by its whole primary key; None where it asks for anything else."""
    equal: dict[sa.Table, set[str]] = {}
    for column in _pinned(statement.whereclause):
        if isinstance(column.table, sa.Table) and column.primary_key:
            equal.setdefault(column.table, set()).add(column.name)
    for table, names in equal.items():
        if names == {column.name for column in table.primary_key.columns} and _plain(statement):
            return table
    return None


def _pinned(where: sa.ColumnElement[Any] | None) -> Iterator[sa.Column[Any]]:
    """The columns that the condition, in all its parts, sets equal to something."""
    if isinstance(where, BooleanClauseList):
        if where.operator is operators.and_:
            for clause in where.clauses:
                yield from _pinned(clause)  # type: ignore[arg-type]
    elif isinstance(where, BinaryExpression) and where.operator is operators.eq and isinstance(where.left, sa.Column):
        yield where.left


def _plain(statement: sa.Select[Any]) -> bool:
    """Whether rows of the statement are rows of its tables, so that they can be held, and no sums over them."""
    if statement._group_by_clauses or statement._distinct:
        return False
    return any(isinstance(column, sa.Column) for column in statement.selected_columns)
