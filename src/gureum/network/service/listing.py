"""Lists as the API asks for them: filters on attributes, sort keys, pages, all said in SQL."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.kernel.faults import Invalid, NotFound
from gureum.kernel.store.query import Direction, Sort, sorted_page
from gureum.kernel.store.tx import Tx
from gureum.network.faults import invalid_input
from gureum.network.store.standard import contains

_MOST = 2**63 - 1
Condition = Callable[[Sequence[str]], sa.ColumnElement[bool]]
"""A filter's values as a condition."""


@dataclass(frozen=True)
class Query:
    """A list request. `filters` are the values of each attribute as text, `sorts` keys and directions as they are said;
    `reverse`: the page before the marker."""

    filters: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    sorts: Sequence[tuple[str, str]] = ()
    limit: int | None = None
    marker: str | None = None
    reverse: bool = False


@dataclass(frozen=True)
class Listing:
    """What of a resource can be listed by: `columns` are attributes kept in columns, `special` are filters that look deeper."""

    table: sa.Table
    columns: Mapping[str, sa.ColumnElement[Any]]
    special: Mapping[str, Condition]
    missing: Callable[[str], NotFound] | None = None
    """The fault about a marker that is none; None where such a list begins at its beginning then, as upstream's does."""


def standard(table: sa.Table, *names: str, **more: sa.ColumnElement[Any]) -> dict[str, sa.ColumnElement[Any]]:
    """The columns of the attributes that every resource has, and of others with their own names."""
    common = ("id", "project_id", "description", "revision_number", "created_at", "updated_at")
    found: dict[str, sa.ColumnElement[Any]] = {name: table.c[name] for name in (*common, *names)}
    return found | {"tenant_id": table.c.project_id} | more


def tags(table: sa.Table) -> dict[str, Condition]:
    """The filters about tags; values may be several, apart by commas."""
    column = table.c.tags

    def each(values: Sequence[str]) -> list[sa.ColumnElement[bool]]:
        return [contains(column, tag) for value in values for tag in value.split(",")]

    return {
        "tags": lambda values: sa.and_(*each(values)),
        "tags-any": lambda values: sa.or_(*each(values)),
        "not-tags": lambda values: sa.not_(sa.and_(*each(values))),
        "not-tags-any": lambda values: sa.not_(sa.or_(*each(values))),
    }


def select(
    tx: Tx, listing: Listing, base: sa.Select[Any], query: Query, visible: sa.ColumnElement[bool]
) -> Sequence[Row[Any]]:
    """The rows of one page. Raises Invalid for attributes that there are not, NotFound for an unknown marker."""
    unknown = [name for name in query.filters if name not in listing.columns and name not in listing.special]
    if unknown:
        raise Invalid(f"{unknown} is invalid attribute for filtering", name="HTTPBadRequest")
    statement = base.where(visible)
    for name, values in query.filters.items():
        special = listing.special.get(name)
        statement = statement.where(_plain(listing.columns[name], values) if special is None else special(values))
    sorts = _sorts(listing, query)
    after = None
    if query.marker is not None and query.limit is not None:
        after = _marked(tx, listing, base, query.marker, sorts)
    rows = tx.all(sorted_page(statement, sorts, after=after, limit=query.limit))
    return rows[::-1] if query.reverse else rows


def _plain(column: sa.ColumnElement[Any], values: Sequence[str]) -> sa.ColumnElement[bool]:
    converted = [_converted(column, value) for value in values]
    return column == converted[0] if len(converted) == 1 else column.in_(converted)


def _converted(column: sa.ColumnElement[Any], value: str) -> Any:
    kind = column.type
    if isinstance(kind, sa.Boolean):
        if value.lower() in ("true", "1"):
            return True
        if value.lower() in ("false", "0"):
            return False
        raise invalid_input(f"'{value}' cannot be converted to boolean")
    if isinstance(kind, sa.Integer):
        try:
            return max(-_MOST, min(int(value), _MOST))
        except ValueError:
            raise invalid_input(f"'{value}' is not an integer") from None
    return value


def directed(query: Query, known: Container[str]) -> list[tuple[str, Direction]]:
    """The order that is asked for. Raises Invalid for attributes that there are not, then for directions that there are not."""
    unknown = [name for name, _ in query.sorts if name not in known]
    if unknown:
        raise Invalid(f"{unknown} is invalid attribute for sort_keys", name="HTTPBadRequest")
    wrong = [word for _, word in query.sorts if word not in ("asc", "desc")]
    if wrong:
        raise Invalid(f"{wrong} is invalid value for sort_dirs, valid value is 'asc' and 'desc'", name="HTTPBadRequest")
    return [(name, "asc" if word == "asc" else "desc") for name, word in query.sorts]


def _sorts(listing: Listing, query: Query) -> list[Sort]:
    named: list[Sort] = [(listing.columns[name], direction) for name, direction in directed(query, listing.columns)]
    if not any(name == "id" for name, _ in query.sorts):
        named.append((listing.table.c.id, "asc"))
    if query.reverse:
        named = [(column, "desc" if direction == "asc" else "asc") for column, direction in named]
    return named


def _marked(tx: Tx, listing: Listing, base: sa.Select[Any], marker: str, sorts: Sequence[Sort]) -> Sequence[Any] | None:
    """The sort values of the row that a page begins behind; None for the beginning."""
    columns = [column.label(f"key{place}") for place, (column, _) in enumerate(sorts)]
    row = tx.one(base.with_only_columns(*columns).where(listing.table.c.id == marker))
    if row is None and listing.missing is not None:
        raise listing.missing(marker)
    return None if row is None else tuple(row)
