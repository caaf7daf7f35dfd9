"""Why a server is where it is, or nowhere."""

from collections import Counter
from typing import Any

import sqlalchemy as sa

from gureum.compute.server import Server
from gureum.compute.store import decisions
from gureum.compute.store.servers import from_row, servers
from gureum.kernel.caller import Caller
from gureum.kernel.clock import iso_seconds
from gureum.kernel.faults import Conflict, NotFound
from gureum.kernel.store.tx import Tx


def explain(tx: Tx, caller: Caller, name_or_id: str) -> dict[str, Any]:
    """The last decision about a server. Administrators see each host with the filter that refused it and the numbers, members
    only how many hosts each filter refused. Raises NotFound, Conflict for a name that several have."""
    server = _find(tx, caller, name_or_id)
    decision = decisions.latest(tx, server.id)
    found: dict[str, Any] = {
        "id": server.id,
        "name": server.name,
        "status": server.vm_state,
        "fault": server.fault["message"] if server.fault else None,
        "decided_at": iso_seconds(decision.at) if decision else None,
        "wanted": decision.wanted if decision else None,
        "refused_by_filter": dict(Counter(one["filter"] for one in decision.refused)) if decision else {},
    }
    if caller.is_admin:
        found["host"] = server.host
        found["chosen"] = decision.chosen if decision else None
        found["refused"] = decision.refused if decision else []
    return found


def _find(tx: Tx, caller: Caller, name_or_id: str) -> Server:
    mine = sa.true() if caller.is_admin else servers.c.project_id == caller.project_id
    either = sa.or_(servers.c.id == name_or_id, servers.c.name == name_or_id)
    rows = tx.all(sa.select(servers).where(mine, either).limit(2))
    if not rows:
        raise NotFound(f"Server {name_or_id} could not be found.")
    if len(rows) > 1:
        raise Conflict(f"Several servers are named {name_or_id}; use an id.")
    return from_row(rows[0])
