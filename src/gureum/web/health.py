"""What `gureum doctor` asks the cloud: rows against the world, hosts against each other; and the mending of it."""

from typing import Any

from msgspec import Struct

from gureum.contracts.outside import LookAround, Outside
from gureum.kernel import clock
from gureum.kernel.existing import Discrepancy, Existing, compare, merged
from gureum.kernel.faults import Conflict, Fault
from gureum.kernel.http import Call, Routes, TxKind
from gureum.kernel.link.tables import agents
from gureum.kernel.policy import Rule
from gureum.kernel.store.tx import Tx
from gureum.network.service.existing import wider_than
from gureum.web.sources import sources

RULES = [
    Rule("gureum:discrepancies", "rule:admin_required", "GET /v1/discrepancies"),
    Rule("gureum:mend", "rule:admin_required", "POST /v1/discrepancies/mend"),
]
_LOOK_SECONDS = 15.0
_REMAKEABLE = frozenset({"network", "port", "router", "security_group"})
routes = Routes()


class One(Struct, forbid_unknown_fields=True):
    """A discrepancy or a stray, as it was told."""

    kind: str
    id: str
    what: str
    agent: str | None = None


class Wish(Struct, forbid_unknown_fields=True):
    """What to mend."""

    mend: list[One]


@routes.get("/v1/discrepancies", "gureum:discrepancies", early=True, tx=TxKind.OWN)
def discrepancies(call: Call) -> dict[str, Any]:
    """What is outside without a row, what has a row and is not outside, what is astray among the rows, and how hosts differ.

    `unseen` are agents that could not be asked; `ahead` says how far a host's clock is from ours, at least, in seconds.
    """
    names = call.database.read(lambda tx: [row.name for row in tx.all(agents.select().where(agents.c.up))])
    before = call.database.read(_existing)
    seen = {name: _look(name) for name in sorted(names)}
    outside = {name: found[0] for name, found in seen.items() if found is not None}
    return call.database.read(lambda tx: _told(tx, before, outside)) | {
        "unseen": [name for name, found in seen.items() if found is None],
        "clocks": [{"agent": name, "ahead": found[1]} for name, found in seen.items() if found is not None],
    }


def _existing(tx: Tx) -> Existing:
    return merged(service.existing(tx) for service in sources.services)


def _look(name: str) -> tuple[Outside, float] | None:
    """What an agent sees, and how many seconds its clock is ahead of ours beyond what the answer's way explains."""
    asked = clock.now()
    try:
        answer = sources.link.ask_now(LookAround(), agent=name, timeout=_LOOK_SECONDS) if sources.link else None
    except Fault:
        return None
    if not isinstance(answer, Outside):
        return None
    if not answer.now:
        return answer, 0.0
    early, late = answer.now - clock.now(), answer.now - asked
    return answer, (max(0, early) + min(0, late)) / clock.SECOND


def _told(tx: Tx, before: Existing, outside: dict[str, Outside]) -> dict[str, Any]:
    wrong = compare(tx, before, _existing(tx), {name: one.things for name, one in outside.items()})
    return {
        "discrepancies": [_shown(one) for one in wrong],
        "astray": [
            {"kind": one.kind, "id": one.id, "what": "astray", "says": one.says}
            for service in sources.services
            for one in service.astray(tx)
        ],
        "too_wide": [
            {"network": id, "mtu": mtu, "agent": name, "carries": one.mtu}
            for name, one in outside.items()
            if one.mtu
            for id, mtu in wider_than(tx, one.mtu)
        ],
    }


def _shown(one: Discrepancy) -> dict[str, Any]:
    mendable = one.what == "orphan" or one.kind in _REMAKEABLE
    return {
        "kind": one.kind,
        "id": one.id,
        "what": one.what,
        "agent": one.agent,
        "strange": one.strange,
        "mendable": mendable,
    }


@routes.post("/v1/discrepancies/mend", "gureum:mend", early=True, body=Wish)
def mend(call: Call, wish: Wish) -> dict[str, Any]:
    """Begin to mend what was told; what somebody owns, or is being worked on, is left alone and not counted as begun."""
    begun = [one for one in wish.mend if _mend(call.tx, one)]
    return {"begun": [{"kind": one.kind, "id": one.id, "what": one.what} for one in begun]}


def _mend(tx: Tx, one: One) -> bool:
    known = one.id in _existing(tx).known.get(one.kind, set())
    try:
        if one.what == "astray":
            return any(service.settle(tx, one.kind, one.id) for service in sources.services)
        if one.what == "missing":
            return known and any(service.restore(tx, one.kind, one.id) for service in sources.services)
        agent = one.agent or ""
        return not known and any(service.discard(tx, one.kind, one.id, agent) for service in sources.services)
    except Conflict:
        return False
