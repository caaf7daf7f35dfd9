"""Regions."""

from collections.abc import Mapping
from typing import Any

from gureum.identity.catalog import Region
from gureum.identity.service import allowed
from gureum.identity.store import catalog as store
from gureum.identity.store.listing import EVERYTHING
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Forbidden, Invalid
from gureum.kernel.ids import new_hex
from gureum.kernel.store.tx import Tx

_KNOWN = ("description", "parent_region_id")
_DEEPEST = 32


def get(tx: Tx, caller: Caller, id: str) -> Region:
    """A region."""
    allowed.demand(caller, "get_region")
    return store.get_region(tx, id)


def search(tx: Tx, caller: Caller, parent: str | None) -> list[Region]:
    """Every region, or those directly in another."""
    allowed.demand(caller, "list_regions")
    return store.search_regions(tx, parent)


def create(tx: Tx, caller: Caller, asked: Mapping[str, Any], id: str | None = None) -> Region:
    """Make a region, with the id of the path or of the request where there is one. Raises NotFound for the parent."""
    allowed.demand(caller, "create_region")
    if id is not None and asked.get("id") not in (None, "", id):
        raise Invalid(f'Conflicting region IDs specified: "{id}" != "{asked["id"]}"')
    region = Region(
        id=id or asked.get("id") or new_hex(),
        description=asked.get("description") or "",
        parent_region_id=asked.get("parent_region_id"),
        extra=allowed.extra_of(asked, *_KNOWN),
    )
    if store.find_region(tx, region.id) is not None:
        raise Conflict(f"Duplicate ID, {region.id}..", store="region")
    if region.parent_region_id is not None:
        store.get_region(tx, region.parent_region_id)
    store.add_region(tx, region)
    return region


def update(tx: Tx, caller: Caller, id: str, asked: Mapping[str, Any]) -> Region:
    """Change a region. Raises Forbidden for a parent that lies in it."""
    allowed.demand(caller, "update_region")
    region = store.get_region(tx, id)
    allowed.must_keep(asked, id=id)
    values: dict[str, Any] = {name: asked[name] or "" for name in ("description",) if name in asked}
    if "parent_region_id" in asked:
        values["parent_region_id"] = asked["parent_region_id"]
        _check_parent(tx, id, asked["parent_region_id"])
    store.change_region(tx, id, **values, extra=region.extra | allowed.extra_of(asked, *_KNOWN))
    return store.get_region(tx, id)


def _check_parent(tx: Tx, id: str, parent_id: str | None) -> None:
    depth = 0
    above = parent_id
    while above is not None:
        depth += 1
        if above == id or depth > _DEEPEST:
            raise Invalid(f"Adding region {parent_id} as parent of region {id} would make a circle.")
        above = store.get_region(tx, above).parent_region_id


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Forget a region and those in it. Raises Forbidden when one of them has endpoints."""
    allowed.demand(caller, "delete_region")
    store.get_region(tx, id)
    doomed = [id]
    for one in doomed:
        doomed += [child.id for child in store.search_regions(tx, one) if child.id not in doomed]
    for one in doomed:
        if store.search_endpoints(tx, EVERYTHING.where("region_id", one)):
            raise Forbidden(f"Unable to delete region {id} because it or its child regions have associated endpoints.")
    for one in doomed:
        store.remove_region(tx, one)
