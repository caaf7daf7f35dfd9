"""The operator's own API, behind `/gureum/v1`: what `gureum status` and its like ask."""

from typing import Any

import sqlalchemy as sa

from gureum import __version__
from gureum.kernel import clock
from gureum.kernel.flow.tables import asks, strands
from gureum.kernel.http import Api, Call, Routes
from gureum.kernel.http.dialects import Nova
from gureum.kernel.link.tables import agents
from gureum.kernel.policy import Rule

RULES = [
    Rule("admin_required", "role:admin"),
    Rule("gureum:status", "rule:admin_required", "GET /v1/status"),
]
routes = Routes()


@routes.get("/v1/status", "gureum:status", early=True)
def status(call: Call) -> dict[str, Any]:
    """Agents, and what is under way."""
    tx = call.tx
    unfinished = tx.all(
        sa.select(
            strands.c.flow, strands.c.step, strands.c.subject_kind, strands.c.subject_id, strands.c.tries,
            strands.c.last_fault, strands.c.created_at,
        )
        .where(strands.c.finished_at.is_(None))
        .order_by(strands.c.id)
        .limit(1000)
    )  # fmt: skip
    unanswered = tx.scalar(sa.select(sa.func.count()).select_from(asks).where(asks.c.answer.is_(None)))
    return {
        "version": __version__,
        "agents": [
            {
                "name": row.name,
                "up": row.up,
                "roles": row.roles,
                "version": row.version,
                "since": clock.iso_seconds(row.changed_at),
            }
            for row in tx.all(sa.select(agents).order_by(agents.c.name).limit(10_000))
        ],
        "operations": [
            {
                "flow": row.flow,
                "step": row.step,
                "subject": f"{row.subject_kind} {row.subject_id}",
                "tries": row.tries,
                "last_fault": row.last_fault,
                "since": clock.iso_seconds(row.created_at),
            }
            for row in unfinished
        ],
        "unanswered_asks": unanswered,
    }


API = Api(service="operator", path="gureum", port=-1, dialect=Nova(), routes=list(routes))
