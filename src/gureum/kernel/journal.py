"""Reading the journal: what happened to a thing, who did it, in which request."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from gureum.kernel.clock import Micros
from gureum.kernel.store.schema import journal, metadata
from gureum.kernel.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Entry:
    """A change. `before` and `after` are the columns that changed; all of them where the thing was made or taken away.

    `owner` is the project whose thing it is, None where it is nobody's.
    """

    id: int
    at: Micros
    request_id: str
    global_request_id: str | None
    user_id: str
    project_id: str | None
    kind: str
    subject: str
    owner: str | None
    verb: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def entries(
    tx: Tx, subject: str, *, owner: str | None = None, before: int | None = None, limit: int = 200
) -> list[Entry]:
    """Changes of what has this id, the newest first: of one owner's things, and before an entry, where those are named."""
    statement = sa.select(journal).where(journal.c.subject == subject)
    if owner is not None:
        statement = statement.where(journal.c.owner == owner)
    if before is not None:
        statement = statement.where(journal.c.id < before)
    rows = tx.all(statement.order_by(journal.c.id.desc()).limit(limit))
    return [Entry(**row._mapping) for row in rows]


def shown(kind: str, columns: Mapping[str, Any] | None, *, operator: bool) -> dict[str, Any] | None:
    """The columns of an entry that its reader may see."""
    if columns is None:
        return None
    hidden = frozenset[str]() if operator else _operators_columns(kind)
    return {name: value for name, value in columns.items() if name not in hidden}


@lru_cache
def _operators_columns(kind: str) -> frozenset[str]:
    tables = [table for table in metadata.tables.values() if table.info.get("journal") == kind]
    return frozenset(column.name for table in tables for column in table.columns if column.info.get("operator"))
