"""Resource providers and their trees, as clients make and find them."""

import uuid as uuids

from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid
from gureum.kernel.ids import new_uuid
from gureum.kernel.store.tx import Tx
from gureum.placement.provider import Provider
from gureum.placement.request import Filters
from gureum.placement.service import access
from gureum.placement.service.providers import forget
from gureum.placement.store import aggregates, allocations, inventories, traits
from gureum.placement.store import providers as store

_TAKEN = "placement.duplicate_name"
_HELD = "placement.resource_provider.inuse"
_PARENT = "placement.resource_provider.cannot_delete_parent"


def get(tx: Tx, caller: Caller, uuid: str) -> Provider:
    """A provider. Raises NotFound."""
    access.demand(caller, "resource_providers:show")
    return access.provider(tx, uuid)


def create(tx: Tx, caller: Caller, name: str, *, uuid: str | None, parent: str | None) -> Provider:
    """Make a provider; compute places nothing there. Raises Conflict for a name or uuid that is taken, Invalid."""
    access.demand(caller, "resource_providers:create")
    id = str(uuids.UUID(uuid)) if uuid else new_uuid()
    refused = f'Unable to create resource provider "{name}", {id}: Object action create failed because:'
    if not name:
        raise Invalid(f"{refused} name is required")
    if parent is not None and str(uuids.UUID(parent)) == id:
        raise Invalid(
            f"{refused} parent provider UUID cannot be same as UUID. Please set parent provider UUID to None if there is "
            "no parent."
        )
    above = None if parent is None else store.find(tx, str(uuids.UUID(parent)))
    if parent is not None and above is None:
        raise Invalid(f"{refused} parent provider UUID does not exist.")
    taken = [f"uuid: {id}"] if store.find(tx, id) else []
    taken += [f"name: {name}"] if store.find_by_name(tx, name) else []
    if taken:
        raise Conflict(f"Conflicting resource provider {', '.join(taken)} already exists.", code=_TAKEN)
    root, over = (above.root, above.uuid) if above is not None else (id, None)
    made = Provider(id, name, 0, root, over, clock.now())
    store.add(tx, made, zone="", available=False)
    return made


def update(
    tx: Tx, caller: Caller, uuid: str, name: str, parent: str | None, *, moves: bool, may_move: bool
) -> Provider:
    """Rename a provider and, where it `moves`, put it under another parent (None: under none).

    Without `may_move` only one that has no parent gets one. Raises NotFound, Conflict for a name that is taken, Invalid.
    """
    access.demand(caller, "resource_providers:update")
    found = access.changing(tx, uuid)
    other = store.find_by_name(tx, name)
    if other is not None and other.uuid != uuid:
        raise Conflict(f"Conflicting resource provider {name} already exists.", code=_TAKEN)
    target = str(uuids.UUID(parent)) if parent is not None else None
    if moves and target != found.parent:
        _move(tx, found, target, may_move)
    store.change(tx, uuid, name=name, updated_at=clock.now())
    return access.provider(tx, uuid)


def delete(tx: Tx, caller: Caller, uuid: str) -> None:
    """Forget a provider. Raises NotFound, Conflict while it has children or somebody holds something of it."""
    access.demand(caller, "resource_providers:delete")
    tx.lock("provider", uuid)
    access.provider(tx, uuid, "No resource provider with uuid {} found for delete")
    if store.has_children(tx, uuid):
        said = f"Unable to delete parent resource provider {uuid}: It has child resource providers."
        raise Conflict(said, code=_PARENT)
    if allocations.is_held(tx, uuid):
        said = f"Unable to delete resource provider {uuid}: Resource provider has allocations."
        raise Conflict(said, code=_HELD)
    forget(tx, uuid)


def search(tx: Tx, caller: Caller, filters: Filters) -> list[Provider]:
    """The providers that filters leave, oldest first. Raises Invalid for classes and traits that are none."""
    access.demand(caller, "resource_providers:list")
    for name in access.unknown_classes(tx, filters.resources):
        raise Invalid(f"Invalid resource class in resources parameter: No such resource class {name}.")
    named = filters.forbidden.union(*filters.required)
    unknown = access.unknown_traits(tx, named)
    if unknown:
        raise Invalid(f'Invalid trait(s) in "required" parameter: No such trait(s): {", ".join(unknown)}.')
    conditions = [inventories.enough(name, amount) for name, amount in filters.resources.items()]
    conditions += [traits.having(*filters.required), aggregates.inside(*filters.member_of)]
    conditions += [~traits.having(filters.forbidden)] if filters.forbidden else []
    conditions += [~aggregates.inside(filters.outside)] if filters.outside else []
    conditions += [store.providers.c.uuid == filters.uuid] if filters.uuid is not None else []
    conditions += [store.providers.c.name == filters.name] if filters.name is not None else []
    if filters.in_tree is not None:
        there = store.find(tx, filters.in_tree)
        if there is None:
            return []
        conditions.append(store.providers.c.root == there.root)
    return store.matching(tx, *conditions)


def _move(tx: Tx, provider: Provider, target: str | None, may_move: bool) -> None:
    """Put a provider with all below it under another parent."""
    refused = f"Unable to save resource provider {provider.uuid}: Object action update failed because:"
    if provider.parent is not None and not may_move:
        change = (
            "un-parenting a provider is not currently allowed." if target is None else "re-parenting is not allowed."
        )
        raise Invalid(f"{refused} {change}")
    tx.lock("provider tree", provider.root)
    below = _below(tx, provider)
    above = None if target is None else store.find(tx, target)
    if target in below:
        raise Invalid(f"{refused} creating loop in the provider tree is not allowed.")
    if target is not None and above is None:
        raise Invalid(f"{refused} parent provider UUID does not exist.")
    store.change(tx, provider.uuid, parent=target)
    store.move(tx, below, provider.uuid if above is None else above.root)


def _below(tx: Tx, provider: Provider) -> set[str]:
    """A provider and all below it."""
    members = store.tree(tx, provider.root)
    found, size = {provider.uuid}, 0
    while len(found) > size:
        size = len(found)
        found |= {one.uuid for one in members if one.parent in found}
    return found


def must_exist(tx: Tx, named: set[str]) -> dict[str, Provider]:
    """Providers that somebody is to hold something of. Raises Invalid for one that is not there."""
    found = store.by_uuids(tx, named)
    for uuid in sorted(named - found.keys()):
        raise Invalid(f"Allocation for resource provider '{uuid}' that does not exist.")
    return found
