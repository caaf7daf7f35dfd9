"""Server groups."""

from typing import Any

from gureum.compute.service import server_groups
from gureum.compute.settings import settings
from gureum.compute.wire import server_groups as wire
from gureum.kernel.http import Call, Routes
from gureum.kernel.http.paging import asked_limit
from gureum.kernel.numbers import whole

routes = Routes()

_RULE = "os_compute_api:os-server-groups"
_ALL = "/v2.1/os-server-groups"
_ONE = "/v2.1/os-server-groups/{id}"


@routes.get(_ALL, f"{_RULE}:index", query=wire.QUERY, history=wire.GROUP, early=True)
def index(call: Call) -> dict[str, Any]:
    """The groups of the project."""
    found = server_groups.find(
        call.tx,
        call.caller,
        everybody="all_projects" in call.query,
        limit=asked_limit(call, settings.max_limit),
        offset=whole(call.one("offset") or 0, 2**31),
    )
    return {"server_groups": [wire.show(group) for group in found]}


@routes.get(_ONE, f"{_RULE}:show", history=wire.GROUP)
def show(call: Call, id: str) -> dict[str, Any]:
    """One of them."""
    return {"server_group": wire.show(server_groups.get(call.tx, call.caller, id))}


@routes.post(_ALL, f"{_RULE}:create", body=wire.CREATE, history=wire.GROUP, early=True)
def create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Make a group."""
    return {"server_group": wire.show(server_groups.create(call.tx, call.caller, *wire.asked(body)))}


@routes.delete(_ONE, f"{_RULE}:delete")
def delete(call: Call, id: str) -> None:
    """Delete a group."""
    server_groups.delete(call.tx, call.caller, id)
