"""Lists as this API asks for them: conditions on columns, in the order of ids, from behind a marker."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gureum.kernel.store.query import sorted_page


@dataclass(frozen=True, slots=True)
class Condition:
    """A column compared with a value: `equals`, or `contains`, `startswith`, `endswith`, each with `i` where case is nothing."""

    column: str
    comparison: str
    value: Any


@dataclass(frozen=True, slots=True)
class Listing:
    """A list request: at most `limit` (None: all) of what meets every condition, behind the id `marker`."""

    conditions: tuple[Condition, ...] = ()
    limit: int | None = None
    marker: str | None = None

    def where(self, column: str, value: Any) -> "Listing":
        """The same list, only of what has this value."""
        return Listing((*self.conditions, Condition(column, "equals", value)), self.limit, self.marker)


EVERYTHING = Listing()


def listed(table: sa.Table, listing: Listing) -> sa.Select[Any]:
    """The rows of a table that a list request means."""
    statement = sa.select(table).where(*(_met(table.c[one.column], one) for one in listing.conditions))
    after = None if listing.marker is None else (listing.marker,)
    return sorted_page(statement, [(table.c.id, "asc")], after=after, limit=listing.limit)


def _met(column: sa.ColumnElement[Any], condition: Condition) -> sa.ColumnElement[bool]:
    if condition.comparison == "equals":
        return column.is_(None) if condition.value is None else column == condition.value
    return getattr(column, condition.comparison)(condition.value, autoescape=True)
