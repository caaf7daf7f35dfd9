"""Why a server is where it is, or nowhere, and what would make it fit."""

from collections import Counter
from typing import Any

import sqlalchemy as sa

from gureum.compute.flows.placing import problems_now
from gureum.compute.schedule import remedies
from gureum.compute.schedule.wanted import of_server
from gureum.compute.server import Server
from gureum.compute.store import decisions
from gureum.compute.store.servers import from_row, servers
from gureum.kernel.caller import Caller
from gureum.kernel.clock import iso_seconds
from gureum.kernel.faults import Conflict, NotFound
from gureum.kernel.store.tx import Tx


def explain(tx: Tx, caller: Caller, name_or_id: str) -> dict[str, Any]:
    """The last decision about a server and, where it has no host, how things stand now and what would make it fit.

    Administrators see each host with the filters that refuse it and the numbers, members only how many hosts each filter
    refuses. Raises NotFound, Conflict for a name that several have.
    """
    server = _find(tx, caller, name_or_id)
    decision = decisions.latest(tx, server.id)
    found: dict[str, Any] = {
        "id": server.id,
        "name": server.name,
        "status": server.vm_state,
        "fault": server.fault["message"] if server.fault else None,
        "decided_at": iso_seconds(decision.at) if decision else None,
        "wanted": decision.wanted if decision else of_server(server).plain(),
        "refused_by_filter": dict(Counter(one["filter"] for one in decision.refused)) if decision else {},
    }
    if caller.is_admin:
        found["host"] = server.host
        found["chosen"] = decision.chosen if decision else None
        found["refused"] = decision.refused if decision else []
    if server.host is None:
        found["now"] = _now(tx, server, operator=caller.is_admin)
    return found


def _now(tx: Tx, server: Server, *, operator: bool) -> dict[str, Any]:
    """As things stand: how many hosts would take the server, how many each filter refuses, and what would help."""
    by_host = problems_now(tx, server)
    refused = {host: problems for host, problems in by_host.items() if problems}
    counts = Counter(one["filter"] for problems in refused.values() for one in problems)
    found: dict[str, Any] = {"fitting": len(by_host) - len(refused), "refused_by_filter": dict(counts.most_common())}
    if operator:
        found["hosts"] = [{"host": host, "problems": problems} for host, problems in by_host.items()]
    if len(refused) < len(by_host):
        return found | {"remedies": ["it fits now: make it again"]}
    words = remedies.for_operator(refused) if operator else remedies.for_owner(counts)
    return found | {"remedies": words or ["there are no hosts"]}


def _find(tx: Tx, caller: Caller, name_or_id: str) -> Server:
    mine = sa.true() if caller.is_admin else servers.c.project_id == caller.project_id
    either = sa.or_(servers.c.id == name_or_id, servers.c.name == name_or_id)
    rows = tx.all(sa.select(servers).where(mine, either).limit(2))
    if not rows:
        raise NotFound(f"Server {name_or_id} could not be found.")
    if len(rows) > 1:
        raise Conflict(f"Several servers are named {name_or_id}; use an id.")
    return from_row(rows[0])
