"""Regions."""

from typing import Any

from gureum.identity.api import lists
from gureum.identity.service import regions
from gureum.identity.wire import catalog as wire
from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call, Routes

routes = Routes(most_bytes=lists.MOST_BYTES)
_PARENT = "parent_region_id"


@routes.get("/v3/regions", "identity:list_regions")
def index(call: Call) -> dict[str, Any]:
    """The regions. No other parameter is allowed than the one that is known."""
    unknown = sorted(set(call.query) - {_PARENT})
    if unknown:
        names = ", ".join(repr(name) for name in unknown)
        verb = "was" if len(unknown) == 1 else "were"
        raise Invalid(f"Additional properties are not allowed ({names} {verb} unexpected)")
    found = regions.search(call.tx, call.caller, call.one(_PARENT))
    return lists.render(call, "regions", [wire.show_region(one, call.base_url) for one in found])


@routes.post("/v3/regions", "identity:create_region", body=wire.CREATE_REGION, status=201)
def create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Make a region."""
    return {"region": wire.show_region(regions.create(call.tx, call.caller, body["region"]), call.base_url)}


@routes.get("/v3/regions/{region_id}", "identity:get_region")
def show(call: Call, region_id: str) -> dict[str, Any]:
    """One region."""
    return {"region": wire.show_region(regions.get(call.tx, call.caller, region_id), call.base_url)}


@routes.put("/v3/regions/{region_id}", "identity:create_region", body=wire.CREATE_REGION, status=201)
def create_as(call: Call, region_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Make a region with an id of the client's choice."""
    region = regions.create(call.tx, call.caller, body["region"], region_id)
    return {"region": wire.show_region(region, call.base_url)}


@routes.patch("/v3/regions/{region_id}", "identity:update_region", body=wire.UPDATE_REGION)
def update(call: Call, region_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change a region."""
    region = regions.update(call.tx, call.caller, region_id, body["region"])
    return {"region": wire.show_region(region, call.base_url)}


@routes.delete("/v3/regions/{region_id}", "identity:delete_region")
def delete(call: Call, region_id: str) -> None:
    """Forget a region and those in it."""
    regions.delete(call.tx, call.caller, region_id)
