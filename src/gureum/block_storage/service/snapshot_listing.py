"""Lists of snapshots: filtered, sorted and cut in SQL."""

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
    when,
)
from gureum.block_storage.snapshot import Snapshot
from gureum.block_storage.store import snapshots as store
from gureum.block_storage.store.snapshots import snapshots
from gureum.kernel.caller import Caller
from gureum.kernel.policy import policy
from gureum.kernel.store.query import sorted_page
from gureum.kernel.store.tx import Tx

SORTABLE: dict[str, sa.ColumnElement[Any]] = {
    "id": snapshots.c.id,
    "name": snapshots.c.name,
    "display_name": snapshots.c.name,
    "status": snapshots.c.status,
    "volume_id": snapshots.c.volume_id,
    "volume_size": snapshots.c.size,
    "created_at": snapshots.c.created_at,
    "updated_at": snapshots.c.updated_at,
    "user_id": snapshots.c.user_id,
    "project_id": snapshots.c.project_id,
}
_FILTERS: dict[str, Filter] = {
    **{name: equals(column) for name, column in SORTABLE.items()},
    "volume_size": number(snapshots.c.size),
    "metadata": pairs(snapshots.c.metadata),
    "created_at": when(snapshots.c.created_at),
    "updated_at": when(snapshots.c.updated_at),
    "consumes_quota": quota,
}
OPEN_FILTERS = frozenset({"name", "status", "volume_id", "metadata", "availability_zone", "consumes_quota"})
"""The filters that are not for administrators only."""


def search(tx: Tx, caller: Caller, asked: Listing) -> list[Snapshot]:
    """The snapshots asked for. Raises Forbidden, Invalid, NotFound for the marker."""
    sorts, after = order(tx, asked, SORTABLE, snapshots.c.id, store.missing)
    statement = sa.select(snapshots).where(*_conditions(caller, asked))
    page = sorted_page(statement, sorts, after=after, limit=asked.limit)
    return [store.from_row(row) for row in tx.all(page.offset(asked.offset))]


def count(tx: Tx, caller: Caller, asked: Listing) -> int:
    """How many there are on all pages."""
    return tx.count(sa.select(snapshots.c.id).where(*_conditions(caller, asked)))


def _conditions(caller: Caller, asked: Listing) -> list[Condition]:
    policy.demand(SERVICE, "volume:get_all_snapshots", caller)
    found: list[Condition] = []
    if not (asked.all_projects and caller.is_admin):
        found.append(snapshots.c.project_id == (caller.project_id or ""))
    return found + conditions(asked, _FILTERS)
