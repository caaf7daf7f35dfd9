"""Rows against the world: what should be outside, what may be, what was found there, and rows whose owner is gone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import sqlalchemy as sa

from gureum.kernel.flow.tables import generations, strands
from gureum.kernel.store.tx import Tx

Ids = Mapping[str, set[str]]
HOLDING = frozenset({"server", "volume", "volume_snapshot"})
"""Kinds that hold what somebody may want back."""


@dataclass(frozen=True)
class Existing:
    """By kind: `known` are ids that have a row, `needed` those of them that must be outside now."""

    known: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    needed: dict[str, set[str]] = field(default_factory=dict[str, set[str]])


@dataclass(frozen=True)
class Discrepancy:
    """An id that is outside without a row (`orphan`), or has a row and is not outside (`missing`).

    `strange`: this database never asked for it, so it may come from a time that a restored backup does not know: what holds
    something, and where there is such a server, also what connects it.
    """

    kind: str
    id: str
    what: str
    agent: str | None = None
    strange: bool = False


@dataclass(frozen=True)
class Stray:
    """Something among the rows that belongs to nothing any more, or contradicts them; `says` is the whole sentence."""

    kind: str
    id: str
    says: str


class Service(Protocol):
    """What a service tells of its rows, and does for them: its module `service/existing.py`."""

    @staticmethod
    def existing(tx: Tx) -> Existing:
        """What should be outside."""
        ...

    @staticmethod
    def discard(tx: Tx, kind: str, id: str, agent: str) -> bool:
        """Begin to take away what is on `agent` and has no row; False for a kind of others. Raises Conflict while it is busy."""
        ...

    @staticmethod
    def restore(tx: Tx, kind: str, id: str) -> bool:
        """Begin to make again what has a row and is nowhere; False where that would lose something, or for others' kinds."""
        ...

    @staticmethod
    def astray(tx: Tx) -> list[Stray]:
        """Rows that belong to nothing."""
        ...

    @staticmethod
    def settle(tx: Tx, kind: str, id: str) -> bool:
        """Put a stray right; False for others' kinds, or where it is none."""
        ...


def merged(services: Iterable[Existing]) -> Existing:
    """What all services say, as one."""
    whole = Existing()
    for one in services:
        whole.known.update(one.known)
        whole.needed.update(one.needed)
    return whole


def moving(tx: Tx) -> set[tuple[str, str]]:
    """(kind, id) of what is being worked on."""
    rows = tx.all(sa.select(strands.c.subject_kind, strands.c.subject_id).where(strands.c.finished_at.is_(None)))
    return {(row.subject_kind, row.subject_id) for row in rows}


def compare(
    tx: Tx, before: Existing, now: Existing, outside: Mapping[str, Mapping[str, Iterable[str]]]
) -> list[Discrepancy]:
    """What differs. `outside` is {agent: {kind: ids}}, looked at between `before` and `now`: what came or went meanwhile, or is
    being worked on, does not count, nor kinds nobody looked at."""
    found: dict[str, set[str]] = {}
    wrong: list[Discrepancy] = []
    for agent, things in outside.items():
        for kind, ids in things.items():
            there = set(ids)
            found.setdefault(kind, set()).update(there)
            orphans = there - now.known.get(kind, set()) - before.known.get(kind, set())
            wrong += [Discrepancy(kind, id, "orphan", agent, _never_asked(tx, kind, id)) for id in sorted(orphans)]
    for kind, ids in now.needed.items():
        if kind in found:
            missing = (ids & before.needed.get(kind, set())) - found[kind]
            wrong += [Discrepancy(kind, id, "missing") for id in sorted(missing)]
    busy = moving(tx)
    wrong = [one for one in wrong if (one.kind, one.id) not in busy]
    connects = any(one.strange and one.kind == "server" for one in wrong)
    return [replace(one, strange=one.strange and (connects or one.kind in HOLDING)) for one in wrong]


def _never_asked(tx: Tx, kind: str, id: str) -> bool:
    subject = f"port/{id}" if kind == "tap" else f"{kind}/{id}"
    return tx.one(sa.select(generations.c.value).where(generations.c.subject == subject)) is None
