"""What happened to servers: instance actions."""

from typing import Any

from gureum.compute.service import access, history
from gureum.compute.wire import actions as wire
from gureum.compute.wire.paging import limit_of, with_next
from gureum.compute.wire.server_queries import ACTIONS
from gureum.kernel import clock
from gureum.kernel.http import Call, Routes

routes = Routes()

_RULE = "os_compute_api:os-instance-actions"
_PAST = (2, 21)
"""Since when servers that were can be asked about."""


@routes.get("/v2.1/servers/{id}/os-instance-actions", f"{_RULE}:list", history=wire.ACTION, query=ACTIONS)
def index(call: Call, id: str) -> dict[str, Any]:
    """All actions, the newest first."""
    server = history.get_server(call.tx, call.caller, id, "list", past=call.version >= _PAST)
    limit = limit_of(call) if call.version >= (2, 58) else 1000
    since, before = call.one("changes-since"), call.one("changes-before")
    found = history.show_all(
        call.tx,
        server,
        since=clock.parse_iso(since) if since and call.version >= (2, 58) else None,
        before=clock.parse_iso(before) if before and call.version >= (2, 66) else None,
        marker=call.one("marker") if call.version >= (2, 58) else None,
        limit=limit,
    )
    body: dict[str, Any] = {"instanceActions": [wire.show(one) for one in found]}
    if call.version < (2, 58):
        return body
    body = with_next(call, body, "instanceActions", limit=limit, marker=found[-1].request_id if found else "")
    if "instanceActions_links" in body:
        body["links"] = body.pop("instanceActions_links")
    return body


@routes.get("/v2.1/servers/{id}/os-instance-actions/{request_id}", f"{_RULE}:show", history=wire.ACTION)
def show(call: Call, id: str, request_id: str) -> dict[str, Any]:
    """One action with its parts."""
    server = history.get_server(call.tx, call.caller, id, "show", past=call.version >= _PAST)
    action, events = history.show(call.tx, server, request_id)
    shown = wire.show(action)
    inside = access.allows(call.caller, f"{_RULE}:events", server)
    if inside or call.version >= (2, 51):
        details = access.allows(call.caller, f"{_RULE}:events:details", server)
        shown["events"] = [wire.show_event(one, server, inside=inside, details=details) for one in events]
    return {"instanceAction": shown}
