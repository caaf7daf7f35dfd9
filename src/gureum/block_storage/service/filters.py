"""What lists of volumes and of snapshots have in common: what is asked for, and how filters and orders are written."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from gureum.kernel import clock
from gureum.kernel.faults import Invalid, NotFound
from gureum.kernel.numbers import natural
from gureum.kernel.store.query import Direction, Sort
from gureum.kernel.store.tx import Tx

Condition = sa.ColumnElement[bool]
Filter = Callable[[str], Condition]
SORTS: tuple[tuple[str, Direction], ...] = (("created_at", "desc"), ("id", "desc"))


@dataclass(frozen=True)
class Listing:
    """What is asked for. `filters` are as clients write them; `limit` and `offset` count things."""

    filters: Mapping[str, str] = field(default_factory=dict[str, str])
    sorts: tuple[tuple[str, Direction], ...] = SORTS
    limit: int = 1000
    offset: int = 0
    marker: str | None = None
    all_projects: bool = False


def conditions(asked: Listing, filters: Mapping[str, Filter]) -> list[Condition]:
    """The filters asked for; nothing fits one that there is not. Raises Invalid."""
    return [filters[name](value) if name in filters else sa.false() for name, value in asked.filters.items()]


def order(
    tx: Tx,
    asked: Listing,
    sortable: Mapping[str, sa.ColumnElement[Any]],
    id: sa.Column[Any],
    missing: Callable[[str], NotFound],
) -> tuple[list[Sort], list[Any] | None]:
    """The order asked for, and the sort values of the marker's row. Raises Invalid, and `missing` for the marker."""
    sorts: list[Sort] = []
    for key, direction in asked.sorts:
        column = sortable.get(key)
        if column is None:
            raise Invalid("Invalid input received: Invalid sort key")
        sorts.append((column, direction))
    if not any(column is id for column, _ in sorts):
        sorts.append((id, "desc"))
    if asked.marker is None:
        return sorts, None
    keys = [column.label(f"key{index}") for index, (column, _) in enumerate(sorts)]
    row = tx.one(sa.select(*keys).where(id == asked.marker))
    if row is None:
        raise missing(asked.marker)
    return sorts, list(row)


def truth(name: str, value: str) -> bool:
    """A boolean as clients write it. Raises Invalid."""
    lowered = value.strip().lower()
    if lowered in ("1", "t", "true", "on", "y", "yes"):
        return True
    if lowered in ("0", "f", "false", "off", "n", "no"):
        return False
    raise Invalid(f"Value '{value}' for '{name}' is not a boolean.")


def equals(column: sa.ColumnElement[Any]) -> Filter:
    """The same text."""
    return lambda value: column == value


def number(column: sa.ColumnElement[Any]) -> Filter:
    """A number, and nothing for what is none."""
    return lambda value: sa.false() if (amount := natural(value)) is None else column == amount


def quota(value: str) -> Condition:
    """Whether it counts for quota: everything does. Raises Invalid."""
    return sa.true() if truth("use_quota", value) else sa.false()


def pairs(column: sa.Column[Any]) -> Filter:
    """All key-value pairs of a dictionary, written as Python or JSON writes it, are among the column's."""

    def condition(value: str) -> Condition:
        try:
            pairs: Any = ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return sa.false()
        if not isinstance(pairs, dict):
            return sa.false()
        wanted: dict[Any, Any] = pairs
        return sa.and_(sa.true(), *(column[str(key)].as_string() == str(one) for key, one in wanted.items()))

    return condition


def when(column: sa.Column[Any]) -> Filter:
    """Instants as `gt:2025-01-01,lt:…`, or one alone."""

    def condition(value: str) -> Condition:
        parts: list[Condition] = []
        for part in value.split(","):
            operator, colon, text = part.partition(":")
            if operator not in _COMPARE or not colon:
                operator, text = "eq", part
            try:
                parts.append(_COMPARE[operator](column, clock.parse_iso(text)))
            except ValueError:
                raise Invalid(f"Invalid {text} value") from None
        return sa.and_(*parts)

    return condition


_COMPARE: dict[str, Callable[[Any, int], Condition]] = {
    "gt": lambda column, when: column > when,
    "gte": lambda column, when: column >= when,
    "lt": lambda column, when: column < when,
    "lte": lambda column, when: column <= when,
    "eq": lambda column, when: column == when,
    "neq": lambda column, when: column != when,
}
