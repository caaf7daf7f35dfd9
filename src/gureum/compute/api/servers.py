"""Servers: make, list, show, change, delete."""

from collections.abc import Sequence
from typing import Any

from gureum.compute.server import Server
from gureum.compute.service import access, listing, new_servers, servers
from gureum.compute.store import tags, volumes
from gureum.compute.wire import schemas, server_queries
from gureum.compute.wire import servers as wire
from gureum.compute.wire.new_servers import asked
from gureum.compute.wire.paging import limit_of, with_next
from gureum.compute.wire.server_updates import changes
from gureum.compute.wire.values import truth
from gureum.kernel.http import Answer, Call, Routes
from gureum.network.service import server_addresses

routes = Routes()

_RULE = "os_compute_api:servers"


@routes.post("/v2.1/servers", f"{_RULE}:create", body=schemas.CREATE, history=wire.CREATED, early=True, status=202)
def create(call: Call, body: dict[str, Any]) -> Answer:
    """Make servers."""
    made = new_servers.create(call.tx, call.caller, asked(body))
    if truth(body["server"].get("return_reservation_id", False)):
        return Answer(202, {"reservation_id": made.reservation_id})
    first = made.servers[0]
    shown: dict[str, Any] = {
        "id": first.id,
        "links": wire.links(first.id, call.base_url),
        "OS-DCF:diskConfig": first.disk_config,
        "security_groups": [{"name": name} for name in first.security_groups],
        "adminPass": made.admin_password,
    }
    return Answer(202, {"server": shown}, [("Location", shown["links"][0]["href"])])


@routes.get("/v2.1/servers", f"{_RULE}:index", query=server_queries.SERVERS, early=True)
def index(call: Call) -> dict[str, Any]:
    """Servers, briefly."""
    found = _page(call, detail=False)
    body: dict[str, Any] = {"servers": [wire.brief(server, call.base_url) for server in found]}
    return with_next(call, body, "servers", limit=limit_of(call), marker=found[-1].id if found else "")


@routes.get("/v2.1/servers/detail", f"{_RULE}:detail", query=server_queries.SERVERS, history=wire.SERVER, early=True)
def detail(call: Call) -> dict[str, Any]:
    """Servers in full."""
    found = _page(call, detail=True)
    seen = view(call, found)
    body: dict[str, Any] = {"servers": [wire.show(server, seen) for server in found]}
    return with_next(call, body, "servers", limit=limit_of(call), marker=found[-1].id if found else "")


@routes.get("/v2.1/servers/{id}", f"{_RULE}:show", history=wire.SERVER)
def show(call: Call, id: str) -> dict[str, Any]:
    """One server."""
    server = servers.get(call.tx, call.caller, id)
    return {"server": wire.show_one(server, view(call, [server]))}


@routes.put("/v2.1/servers/{id}", f"{_RULE}:update", body=schemas.UPDATE, history=wire.UPDATED)
def update(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change a server."""
    server = servers.update(call.tx, call.caller, id, changes(body))
    return {"server": wire.show_one(server, view(call, [server]))}


@routes.delete("/v2.1/servers/{id}", f"{_RULE}:delete")
def delete(call: Call, id: str) -> None:
    """Delete a server."""
    servers.delete(call.tx, call.caller, id)


def view(call: Call, found: Sequence[Server]) -> wire.View:
    """What is shown with the servers: a query for each kind of thing, however many servers there are."""
    ids = [server.id for server in found]
    caller = call.caller
    return wire.View(
        base_url=call.base_url,
        sees_attributes=_remembering(call, "os_compute_api:os-extended-server-attributes"),
        sees_host_status=_remembering(call, f"{_RULE}:show:host_status"),
        sees_extra_specs=_remembering(call, f"{_RULE}:show:flavor-extra-specs"),
        addresses=server_addresses.addresses(call.tx, ids),
        groups=server_addresses.security_group_names(call.tx, ids),
        volumes=volumes.of_servers(call.tx, ids),
        tags=tags.of_servers(call.tx, ids),
        details_of_fault=caller.is_admin,
    )


def _remembering(call: Call, rule: str) -> Any:
    """Whether the caller may do `rule` to a server, asked once for each owner."""
    known: dict[tuple[str, str], bool] = {}

    def ask(server: Server) -> bool:
        owner = (server.project_id, server.user_id)
        if owner not in known:
            known[owner] = access.allows(call.caller, rule, server)
        return known[owner]

    return ask


def _page(call: Call, *, detail: bool) -> list[Server]:
    request = listing.ListRequest(
        query=server_queries.filters(call.query, call.version),
        open_to_all=server_queries.open_to_all(call.version),
        sort_keys=call.query.get("sort_key", []),
        sort_directions=call.query.get("sort_dir", []),
        detail=detail,
        limit=limit_of(call),
        marker=call.one("marker"),
        strict=call.version >= (2, 38),
    )
    return listing.find(call.tx, call.caller, request)
