"""Lists of volumes: filtered, sorted and cut in SQL."""

from typing import Any

import sqlalchemy as sa

from gureum.block_storage.service.access import SERVICE
from gureum.block_storage.service.filters import (
    Condition,
    Filter,
    Listing,
    conditions,
    equals,
    number,
    order,
    pairs,
    quota,
    truth,
    when,
)
from gureum.block_storage.service.volumes import Seen
from gureum.block_storage.store import attachments, types
from gureum.block_storage.store import volumes as store
from gureum.block_storage.store.volumes import volumes
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid
from gureum.kernel.policy import policy
from gureum.kernel.store.query import sorted_page
from gureum.kernel.store.tx import Tx

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


def search(tx: Tx, caller: Caller, asked: Listing) -> list[Seen]:
    """The volumes asked for, each with what is shown beside it. Raises Forbidden, Invalid, NotFound for the marker."""
    named = types.types.c.name.label("type_name")
    statement = sa.select(named, volumes).outerjoin(types.types, types.types.c.id == volumes.c.type_id)
    sorts, after = order(tx, asked, SORTABLE, volumes.c.id, store.missing)
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
    return found + conditions(asked, _FILTERS)


def _bootable(value: str) -> Condition:
    try:
        return volumes.c.bootable == truth("bootable", value)
    except Invalid:
        raise Invalid(f"Invalid input received: 'bootable = {value}'") from None


_FILTERS: dict[str, Filter] = {
    **{name: equals(column) for name, column in SORTABLE.items()},
    "bootable": _bootable,
    "size": number(volumes.c.size),
    "metadata": pairs(volumes.c.metadata),
    "glance_metadata": pairs(volumes.c.image_metadata),
    "created_at": when(volumes.c.created_at),
    "updated_at": when(volumes.c.updated_at),
    "consumes_quota": quota,
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
