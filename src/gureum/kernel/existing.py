"""Rows against the world: what should be outside, what may be, and what was found there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from gureum.kernel.flow.tables import strands
from gureum.kernel.store.tx import Tx


@dataclass(frozen=True)
class Existing:
    """By kind: `known` are ids that have a row, `needed` those of them that must be outside now."""

    known: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    needed: dict[str, set[str]] = field(default_factory=dict[str, set[str]])


@dataclass(frozen=True)
class Discrepancy:
    """An id that is outside without a row (`orphan`), or has a row and is not outside (`missing`)."""

    kind: str
    id: str
    what: str
    agent: str | None = None


def compare(
    tx: Tx, services: Iterable[Existing], outside: Mapping[str, Mapping[str, Iterable[str]]]
) -> list[Discrepancy]:
    """What differs. `outside` is {agent: {kind: ids}}. What is being worked on does not count, nor kinds nobody looked at."""
    rows = tx.all(sa.select(strands.c.subject_kind, strands.c.subject_id).where(strands.c.finished_at.is_(None)))
    moving = {(row.subject_kind, row.subject_id) for row in rows}
    known: dict[str, set[str]] = {}
    needed: dict[str, set[str]] = {}
    for one in services:
        known |= one.known
        needed |= one.needed
    found: dict[str, set[str]] = {}
    wrong: list[Discrepancy] = []
    for agent, things in outside.items():
        for kind, ids in things.items():
            there = set(ids)
            found.setdefault(kind, set()).update(there)
            wrong += [Discrepancy(kind, id, "orphan", agent) for id in sorted(there - known.get(kind, set()))]
    for kind, ids in needed.items():
        if kind in found:
            wrong += [Discrepancy(kind, id, "missing") for id in sorted(ids - found[kind])]
    return [one for one in wrong if (one.kind, one.id) not in moving]
