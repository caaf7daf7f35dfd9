"""The operator's own API, behind `/gureum/v1`: what `gureum status`, `doctor`, `why`, `trace` and `log` ask."""

from typing import Any

import sqlalchemy as sa

from gureum import __version__
from gureum.compute.service import why as placement_of
from gureum.kernel import clock
from gureum.kernel.flow.tables import asks, strands
from gureum.kernel.http import Api, Call, Routes
from gureum.kernel.http.dialects import Nova
from gureum.kernel.link.tables import agents
from gureum.kernel.policy import Rule
from gureum.kernel.store.tx import Tx
from gureum.web import health, journal, policies, traces

RULES = [
    Rule("admin_required", "role:admin"),
    Rule("gureum:status", "rule:admin_required", "GET /v1/status"),
    *health.RULES,
    Rule("gureum:why", "rule:admin_required or project_id:%(project_id)s", "GET /v1/why/{server}"),
    *traces.RULES,
    *journal.RULES,
    *policies.RULES,
]
LISTS = {"gureum:log": (frozenset({"project_id"}),)}
_MOST = 10_000
routes = Routes()


@routes.get("/v1/status", "gureum:status", early=True)
def status(call: Call) -> dict[str, Any]:
    """Agents, and what is under way."""
    return {"version": __version__, "agents": _agents(call.tx), "operations": _operations(call.tx)} | _asks(call.tx)


def _agents(tx: Tx) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name,
            "up": row.up,
            "roles": row.roles,
            "version": row.version,
            "since": clock.iso_seconds(row.changed_at),
        }
        for row in tx.all(sa.select(agents).order_by(agents.c.name).limit(_MOST))
    ]


def _operations(tx: Tx) -> list[dict[str, Any]]:
    unfinished = sa.select(strands).where(strands.c.finished_at.is_(None)).order_by(strands.c.id).limit(_MOST)
    return [
        {
            "flow": row.flow,
            "step": row.step,
            "subject": f"{row.subject_kind} {row.subject_id}",
            "tries": row.tries,
            "last_fault": row.last_fault,
            "since": clock.iso_seconds(row.created_at),
        }
        for row in tx.all(unfinished)
    ]


def _asks(tx: Tx) -> dict[str, Any]:
    return {"unanswered_asks": tx.scalar(sa.select(sa.func.count()).select_from(asks).where(asks.c.answer.is_(None)))}


@routes.get("/v1/why/{server}", "gureum:why")
def why(call: Call, server: str) -> dict[str, Any]:
    """Where a server (by id, or by a name that only one has) was placed and why; members get counts, administrators hosts."""
    return {"why": placement_of.explain(call.tx, call.caller, server)}


API = Api(
    service="operator",
    path="gureum",
    port=-1,
    dialect=Nova(),
    routes=[*routes, *health.routes, *traces.routes, *journal.routes, *policies.routes],
)
