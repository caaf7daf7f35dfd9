"""Host aggregates and availability zones."""

from typing import Any

from gureum.compute.aggregate import ZONE_KEY
from gureum.compute.service import aggregates, zones
from gureum.compute.wire import aggregates as wire
from gureum.kernel.http import Call, Routes

routes = Routes(early=True)

_RULES = "os_compute_api:os-aggregates"
_ACTION = "/v2.1/os-aggregates/{id}/action"


@routes.get("/v2.1/os-aggregates", f"{_RULES}:index", query=wire.QUERY, history=wire.HISTORY)
def index(call: Call) -> dict[str, Any]:
    """The aggregates."""
    return {"aggregates": [wire.show(one) for one in aggregates.everyone(call.tx, call.caller)]}


@routes.get("/v2.1/os-aggregates/{id}", f"{_RULES}:show", history=wire.HISTORY)
def show(call: Call, id: str) -> dict[str, Any]:
    """An aggregate."""
    return {"aggregate": wire.show(aggregates.get(call.tx, call.caller, id))}


@routes.post("/v2.1/os-aggregates", f"{_RULES}:create", body=wire.CREATE, history=wire.HISTORY)
def create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Make an aggregate."""
    asked = body["aggregate"]
    made = aggregates.create(call.tx, call.caller, asked["name"], asked.get(ZONE_KEY))
    return {"aggregate": wire.show_new(made)}


@routes.put("/v2.1/os-aggregates/{id}", f"{_RULES}:update", body=wire.UPDATE, history=wire.HISTORY)
def update(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Rename an aggregate or change its zone."""
    asked = body["aggregate"]
    name = asked["name"].strip() if "name" in asked else None
    zone = {ZONE_KEY: asked[ZONE_KEY]} if ZONE_KEY in asked else {}
    return {"aggregate": wire.show(aggregates.update(call.tx, call.caller, id, name=name, zone=zone))}


@routes.delete("/v2.1/os-aggregates/{id}", f"{_RULES}:delete", status=200)
def delete(call: Call, id: str) -> None:
    """Forget an empty aggregate."""
    aggregates.delete(call.tx, call.caller, id)


@routes.post(_ACTION, f"{_RULES}:add_host", action="add_host", body=wire.ADD_HOST, history=wire.HISTORY)
def add_host(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Put a host in."""
    return {"aggregate": wire.show(aggregates.add_host(call.tx, call.caller, id, body["add_host"]["host"]))}


@routes.post(_ACTION, f"{_RULES}:remove_host", action="remove_host", body=wire.REMOVE_HOST, history=wire.HISTORY)
def remove_host(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Take a host out."""
    return {"aggregate": wire.show(aggregates.remove_host(call.tx, call.caller, id, body["remove_host"]["host"]))}


@routes.post(_ACTION, f"{_RULES}:set_metadata", action="set_metadata", body=wire.SET_METADATA, history=wire.HISTORY)
def set_metadata(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change the metadata."""
    wanted = body["set_metadata"]["metadata"]
    return {"aggregate": wire.show(aggregates.set_metadata(call.tx, call.caller, id, wanted))}


@routes.get("/v2.1/os-availability-zone", "os_compute_api:os-availability-zone:list")
def list_zones(call: Call) -> dict[str, Any]:
    """The zones that servers can be in."""
    return wire.show_zones(zones.of_hosts(call.tx))


@routes.get("/v2.1/os-availability-zone/detail", "os_compute_api:os-availability-zone:detail")
def detail_zones(call: Call) -> dict[str, Any]:
    """Every zone and what runs in it."""
    return wire.show_zones_fully(zones.zones(call.tx))
