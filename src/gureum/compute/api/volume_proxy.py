"""Volumes and snapshots by way of the compute API: what clients before 2.36 still call. The doors are block storage's."""

from typing import Any

from gureum.block_storage.service import listing, snapshot_listing, snapshots, volumes
from gureum.block_storage.service.filters import Listing
from gureum.compute.settings import settings
from gureum.compute.wire import values
from gureum.compute.wire import volume_proxy as wire
from gureum.kernel.http import Answer, Call, Routes, accepted
from gureum.kernel.numbers import whole

routes = Routes(until=(2, 35), early=True)
_RULES = "os_compute_api:os-volumes"
_MOST = 2**31 - 1


def _asked(call: Call) -> Listing:
    limit = whole(call.one("limit") or settings.max_limit, settings.max_limit)
    return Listing(limit=limit, offset=whole(call.one("offset") or 0, _MOST))


@routes.get("/v2.1/os-volumes", f"{_RULES}:list", query=wire.QUERY)
def index(call: Call) -> dict[str, Any]:
    """The project's volumes."""
    return {"volumes": [wire.show(one) for one in listing.search(call.tx, call.caller, _asked(call))]}


@routes.get("/v2.1/os-volumes/detail", f"{_RULES}:detail", query=wire.QUERY)
def detail(call: Call) -> dict[str, Any]:
    """The same: there never was a shorter list."""
    return index(call)


@routes.get("/v2.1/os-volumes/{id}", f"{_RULES}:show")
def show(call: Call, id: str) -> dict[str, Any]:
    """A volume."""
    return {"volume": wire.show(volumes.show(call.tx, call.caller, id))}


@routes.post("/v2.1/os-volumes", f"{_RULES}:create", body=wire.CREATE)
def create(call: Call, body: dict[str, Any]) -> Answer:
    """Make a volume."""
    made = wire.show(volumes.create(call.tx, call.caller, wire.asked(body)))
    return Answer(200, {"volume": made}, [("location", f"{call.base_url}{call.path}/{made['id']}")])


@routes.delete("/v2.1/os-volumes/{id}", f"{_RULES}:delete")
def delete(call: Call, id: str) -> Answer:
    """Delete a volume."""
    volumes.delete(call.tx, call.caller, id)
    return accepted()


@routes.get("/v2.1/os-snapshots", f"{_RULES}:snapshots:list", query=wire.QUERY)
def snapshot_index(call: Call) -> dict[str, Any]:
    """The project's snapshots."""
    found = snapshot_listing.search(call.tx, call.caller, _asked(call))
    return {"snapshots": [wire.show_snapshot(one) for one in found]}


@routes.get("/v2.1/os-snapshots/detail", f"{_RULES}:snapshots:detail", query=wire.QUERY)
def snapshot_detail(call: Call) -> dict[str, Any]:
    """The same."""
    return snapshot_index(call)


@routes.get("/v2.1/os-snapshots/{id}", f"{_RULES}:snapshots:show")
def snapshot_show(call: Call, id: str) -> dict[str, Any]:
    """A snapshot."""
    return {"snapshot": wire.show_snapshot(snapshots.get(call.tx, call.caller, id))}


@routes.post("/v2.1/os-snapshots", f"{_RULES}:snapshots:create", body=wire.CREATE_SNAPSHOT)
def snapshot_create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Make a snapshot, with `force` also of a volume in use."""
    asked = body["snapshot"]
    made = snapshots.create(
        call.tx,
        call.caller,
        asked["volume_id"],
        name=asked.get("display_name"),
        description=asked.get("display_description"),
        metadata={},
        in_use=values.truth(asked.get("force", False)),
    )
    return {"snapshot": wire.show_snapshot(made)}


@routes.delete("/v2.1/os-snapshots/{id}", f"{_RULES}:snapshots:delete")
def snapshot_delete(call: Call, id: str) -> Answer:
    """Delete a snapshot."""
    snapshots.delete(call.tx, call.caller, id)
    return accepted()
