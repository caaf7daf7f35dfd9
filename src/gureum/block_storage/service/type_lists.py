"""Lists of volume types."""

import sqlalchemy as sa

from gureum.block_storage.service.access import SERVICE
from gureum.block_storage.service.filters import truth
from gureum.block_storage.store import types as store
from gureum.block_storage.volume_type import VolumeType
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid
from gureum.kernel.policy import policy
from gureum.kernel.store.query import Direction, sorted_page
from gureum.kernel.store.tx import Tx

__all__ = ["search", "truth"]

_SORTABLE = {
    "id": store.types.c.id,
    "name": store.types.c.name,
    "created_at": store.types.c.created_at,
    "updated_at": store.types.c.updated_at,
    "is_public": store.types.c.is_public,
}


def search(
    tx: Tx,
    caller: Caller,
    *,
    is_public: bool | None,
    sorts: tuple[tuple[str, Direction], ...],
    limit: int,
    offset: int,
    marker: str | None,
) -> list[VolumeType]:
    """The types that the caller sees; None for `is_public`: all of them. A marker of none of them is
    the beginning. Raises Forbidden, Invalid."""
    policy.demand(SERVICE, "volume_extension:type_get_all", caller)
    statement = sa.select(store.types)
    if is_public is True:
        statement = statement.where(store.visible_to(caller.project_id))
    elif is_public is False:
        statement = statement.where(~store.types.c.is_public)
    if any(key not in _SORTABLE for key, _ in sorts):
        raise Invalid("Invalid input received: Invalid sort key")
    order = [(_SORTABLE[key], direction) for key, direction in sorts] + [(store.types.c.id, "desc")]
    after = None
    if marker is not None:
        row = tx.one(sa.select(store.types).where(store.types.c.id == marker))
        after = None if row is None else [getattr(row, column.name) for column, _ in order]
    page = sorted_page(statement, order, after=after, limit=limit).offset(offset)  # type: ignore[arg-type]
    return [store.from_row(row) for row in tx.all(page)]
