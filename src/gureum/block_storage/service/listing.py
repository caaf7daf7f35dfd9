"""Lists of volumes: filtered, sorted and cut in SQL."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from gureum.block_storage.service.access import SERVICE
from gureum.block_storage.service.volumes import Seen
from gureum.block_storage.store import attachments, types
from gureum.block_storage.store import volumes as store
from gureum.block_storage.store.volumes import volumes
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid
from gureum.kernel.policy import policy
from gureum.kernel.store.query import Direction, Sort, sorted_page
from gureum.kernel.store.tx import Tx

Condition = sa.ColumnElement[bool]
_HOST = volumes.c.agent + "@" + volumes.c.backend + "#" + volumes.c.pool
SORTABLE: dict[str, sa.ColumnElement[Any]] = {
    "id": volumes.c.id,
    "name": volumes.c.name,
    "display_name": volumes.c.name,
    "status": volumes.c.status,
    "size": volumes.c.size,
    "availability_zone": volumes.c.availability_zone,
    "bootable": volumes.c.bootable,
    "created_at": volumes.c.created_at,
    "updated_at": volumes.c.updated_at,
    "user_id": volumes.c.user_id,
    "project_id": volumes.c.project_id,
    "volume_type_id": volumes.c.type_id,
    "host": _HOST,
}


@dataclass(frozen=True)
class Listing:
    """What is asked for. `filters` are as clients write them; `limit` and `offset` count volumes."""

    filters: Mapping[str, str] = field(default_factory=dict[str, str])
    sorts: tuple[tuple[str, Direction], ...] = (("created_at", "desc"), ("id", "desc"))
    limit: int = 1000
    offset: int = 0
    marker: str | None = None
    all_projects: bool = False


def search(tx: Tx, caller: Caller, asked: Listing) -> list[Seen]:
    """The volumes asked for, each with what is shown beside it. Raises Forbidden, Invalid, NotFound for the marker."""
    named = types.types.c.name.label("type_name")
    statement = sa.select(named, volumes).outerjoin(types.types, types.types.c.id == volumes.c.type_id)
    sorts, after = _order(tx, asked)
    page = sorted_page(statement.where(*_conditions(caller, asked)), sorts, after=after, limit=asked.limit)
    rows = tx.all(page.offset(asked.offset))
    held = attachments.of_volumes(tx, [row.id for row in rows]) if rows else {}
    return [Seen(store.from_row(row), held.get(row.id, []), row.type_name) for row in rows]


def count(tx: Tx, caller: Caller, asked: Listing) -> int:
    """How many there are on all pages."""
    return tx.count(sa.select(volumes.c.id).where(*_conditions(caller, asked)))


def summary(tx: Tx, caller: Caller, asked: Listing) -> tuple[int, int, dict[str, list[str]]]:
    """How many volumes, how many GiB, and all values of each metadata key."""
    rows = tx.all(sa.select(volumes.c.size, volumes.c.metadata).where(*_conditions(caller, asked)))
    values: dict[str, set[str]] = {}
    for row in rows:
        for key, value in row.metadata.items():
            values.setdefault(key, set()).add(value)
    return len(rows), sum(row.size for row in rows), {key: sorted(found) for key, found in values.items()}


def _conditions(caller: Caller, asked: Listing) -> list[Condition]:
    policy.demand(SERVICE, "volume:get_all", caller)
    found: list[Condition] = []
    if not (asked.all_projects and caller.is_admin):
        found.append(volumes.c.project_id == (caller.project_id or ""))
    for name, value in asked.filters.items():
        condition = _FILTERS.get(name)
        found.append(sa.false() if condition is None else condition(value))
    return found


def _order(tx: Tx, asked: Listing) -> tuple[list[Sort], list[Any] | None]:
    sorts: list[Sort] = []
    for key, direction in asked.sorts:
        column = SORTABLE.get(key)
        if column is None:
            raise Invalid("Invalid input received: Invalid sort key")
        sorts.append((column, direction))
    if not any(column is volumes.c.id for column, _ in sorts):
        sorts.append((volumes.c.id, "desc"))
    if asked.marker is None:
        return sorts, None
    row = tx.one(
        sa.select(*(column.label(f"key{index}") for index, (column, _) in enumerate(sorts))).where(
            volumes.c.id == asked.marker
        )
    )
    if row is None:
        raise store.missing(asked.marker)
    return sorts, list(row)


def truth(name: str, value: str) -> bool:
    """A boolean as clients write it. Raises Invalid."""
    lowered = value.strip().lower()
    if lowered in ("1", "t", "true", "on", "y", "yes"):
        return True
    if lowered in ("0", "f", "false", "off", "n", "no"):
        return False
    raise Invalid(f"Value '{value}' for '{name}' is not a boolean.")


def _equals(column: sa.ColumnElement[Any]) -> Callable[[str], Condition]:
    return lambda value: column == value


def _size(value: str) -> Condition:
    return volumes.c.size == int(value) if value.isdigit() and len(value) < 12 else sa.false()


def _bootable(value: str) -> Condition:
    try:
        return volumes.c.bootable == truth("bootable", value)
    except Invalid:
        raise Invalid(f"Invalid input received: 'bootable = {value}'") from None


def _pairs(column: sa.Column[Any]) -> Callable[[str], Condition]:
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


def _when(column: sa.Column[Any]) -> Callable[[str], Condition]:
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
_FILTERS: dict[str, Callable[[str], Condition]] = {
    **{name: _equals(column) for name, column in SORTABLE.items()},
    "bootable": _bootable,
    "size": _size,
    "metadata": _pairs(volumes.c.metadata),
    "glance_metadata": _pairs(volumes.c.image_metadata),
    "created_at": _when(volumes.c.created_at),
    "updated_at": _when(volumes.c.updated_at),
    "consumes_quota": lambda value: sa.true() if truth("use_quota", value) else sa.false(),
}
OPEN_FILTERS = frozenset(
    {
        "name",
        "status",
        "metadata",
        "bootable",
        "migration_status",
        "availability_zone",
        "group_id",
        "size",
        "created_at",
        "updated_at",
        "consumes_quota",
    }
)
"""The filters that are not for administrators only."""
