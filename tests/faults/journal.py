"""Whether the journal tells every change once: played from the beginning, it must come to what the rows say."""

from collections.abc import Iterator
from typing import Any

import msgspec
import sqlalchemy as sa

from gureum.kernel.store.schema import journal, metadata
from gureum.kernel.store.tx import Tx


def gaps(tx: Tx) -> list[str]:
    """What it does not tell, or not as it was."""
    tables = {table.info["journal"]: table for table in metadata.tables.values() if "journal" in table.info}
    told: dict[tuple[str, str], dict[str, Any]] = {}
    found: list[str] = []
    for row in tx.all(sa.select(journal).order_by(journal.c.id)):
        key = row.kind, row.subject
        found += [f"{key}: {says}" for says in _wrong(told.get(key), row)]
        if row.verb == "delete":
            told.pop(key, None)
        else:
            told[key] = told.get(key, {}) | row.after
    for kind, table in tables.items():
        if not table.name.startswith("test_"):
            found += _compare(tx, kind, table, {subject: one for (k, subject), one in told.items() if k == kind})
    return found


def _wrong(before: dict[str, Any] | None, row: Any) -> Iterator[str]:
    """An entry against all that came before it."""
    if (row.verb == "create") != (before is None):
        yield f"{row.verb} of what was {'not there' if before is None else 'there'}"
    for name, value in (row.before or {}).items():
        if before is not None and name in before and before[name] != value:
            yield f"{row.verb}: {name} was {before[name]!r} by the journal, and {value!r} by this entry"


def _compare(tx: Tx, kind: str, table: sa.Table, told: dict[str, dict[str, Any]]) -> Iterator[str]:
    for row in tx.all(sa.select(table)):
        subject = "/".join(str(row._mapping[column.name]) for column in table.primary_key.columns)
        known = told.pop(subject, None)
        if known is None:
            yield f"{kind} {subject}: the journal does not know it"
            continue
        for name, value in known.items():
            now = msgspec.to_builtins(row._mapping[name])
            if not table.c[name].info.get("secret") and now != value:
                yield f"{kind} {subject}: {name} is {now!r}, the journal says {value!r}"
    for subject in told:
        yield f"{kind} {subject}: the journal has it still"
