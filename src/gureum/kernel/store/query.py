"""Lists: one query each, sorted, filtered, cut into pages by the key of the last row seen."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

Direction = Literal["asc", "desc"]
Sort = tuple[sa.ColumnElement[Any], Direction]


def sorted_page(
    statement: sa.Select[Any], sorts: Sequence[Sort], *, after: Sequence[Any] | None = None, limit: int | None = None
) -> sa.Select[Any]:
    """`statement` in the order of `sorts` (the last of which must be unique), beginning behind the row whose sort values are
    `after`, at most `limit` rows. Nulls come first ascending and last descending, as SQLite orders them."""
    if after is not None:
        statement = statement.where(_behind(sorts, after))
    for column, direction in sorts:
        if direction == "asc":
            statement = statement.order_by(column.asc().nulls_first())
        else:
            statement = statement.order_by(column.desc().nulls_last())
    return statement if limit is None else statement.limit(limit)


def _behind(sorts: Sequence[Sort], after: Sequence[Any]) -> sa.ColumnElement[bool]:
    either: list[sa.ColumnElement[bool]] = []
    for index, (column, direction) in enumerate(sorts):
        same = [_equals(earlier, value) for (earlier, _), value in zip(sorts[:index], after, strict=False)]
        either.append(sa.and_(*same, _beyond(column, direction, after[index])))
    return sa.or_(*either)


def _equals(column: sa.ColumnElement[Any], value: Any) -> sa.ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


def _beyond(column: sa.ColumnElement[Any], direction: Direction, value: Any) -> sa.ColumnElement[bool]:
    # A bound value, because SQLAlchemy compares columns with plain booleans for equality only.
    bound = sa.literal(value, column.type)
    if direction == "asc":
        return column.isnot(None) if value is None else column > bound
    return sa.false() if value is None else sa.or_(column < bound, column.is_(None))


def has_all(
    id: sa.ColumnElement[Any],
    owner: sa.Column[Any],
    labels: Sequence[sa.Column[Any]],
    wanted: Iterable[tuple[Any, ...]],
) -> sa.ColumnElement[bool]:
    """The condition that the owner of this `id` has all of `wanted`: for each, the one row of theirs that `labels` tell apart.

    One subquery, however many: of hundreds PostgreSQL makes a plan for minutes, in gigabytes, and SQLite refuses a thousand.
    """
    them = sorted(set(wanted))
    if not them:
        return sa.true()
    alike = [label.in_({one[place] for one in them}) for place, label in enumerate(labels)]
    exact = [sa.tuple_(*labels).in_(them)] if len(labels) > 1 else []
    held = sa.select(owner).where(*alike, *exact)
    return id.in_(held.group_by(owner).having(sa.func.count() == len(them)))


def has_one_of_each(
    id: sa.ColumnElement[Any], owner: sa.Column[Any], label: sa.Column[Any], wanted: Iterable[Collection[Any]]
) -> sa.ColumnElement[bool]:
    """The condition that the owner of this `id` has, of each of these sets, at least one. One subquery, as with `has_all`."""
    sets = {frozenset(one) for one in wanted}
    if not sets:
        return sa.true()
    held = sa.select(owner).where(label.in_(sorted(frozenset[Any]().union(*sets)))).group_by(owner)
    return id.in_(held.having(*(sa.func.max(sa.case((label.in_(sorted(one)), 1), else_=0)) == 1 for one in sets)))


class moment_text(FunctionElement[str]):
    """A column of microseconds since the epoch as text, `2026-11-20 17:57:06`."""

    type = sa.String()
    inherit_cache = True


@compiles(moment_text)
def _moment_text(element: Any, compiler: Any, **more: Any) -> str:
    micros = compiler.process(element.clauses, **more)
    return f"strftime('%Y-%m-%d %H:%M:%S', {micros} / 1000000, 'unixepoch')"


@compiles(moment_text, "postgresql")
def _moment_text_of_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    micros = compiler.process(element.clauses, **more)
    return f"to_char(to_timestamp({micros} / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
