"""Inventories: what providers have, by resource class."""

from collections.abc import Mapping
from dataclasses import replace

from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid, MethodNotAllowed, NotFound
from gureum.kernel.store.tx import Tx
from gureum.placement.inventory import Inventory
from gureum.placement.provider import Provider
from gureum.placement.service import access
from gureum.placement.store import allocations
from gureum.placement.store import inventories as store

_RULES = "resource_providers:inventories"


def everything(
    tx: Tx, caller: Caller, uuid: str, rule: str = f"{_RULES}:list"
) -> tuple[Provider, dict[str, Inventory]]:
    """A provider and all that it has. Raises NotFound."""
    access.demand(caller, rule)
    return access.provider(tx, uuid), store.of(tx, [uuid])[uuid]


def get(tx: Tx, caller: Caller, uuid: str, resource_class: str) -> tuple[Provider, Inventory]:
    """What a provider has of a class. Raises NotFound."""
    provider, found = everything(tx, caller, uuid, f"{_RULES}:show")
    if resource_class not in found:
        raise NotFound(f"No inventory of class {resource_class} for {uuid}")
    return provider, found[resource_class]


def create(
    tx: Tx, caller: Caller, uuid: str, resource_class: str, inventory: Inventory, *, all_reserved: bool
) -> Provider:
    """Give a provider something of a class that it has nothing of. Raises Conflict where it has."""
    access.demand(caller, f"{_RULES}:create")
    access.changing(tx, uuid)
    refused = f"Unable to create inventory for resource provider {uuid}:"
    if access.keep_classes(tx, [resource_class]):
        raise Invalid(f"{refused} No such resource class {resource_class}.")
    _must_lend(refused, uuid, {resource_class: inventory}, all_reserved)
    if resource_class in store.of(tx, [uuid])[uuid]:
        said = f"Update conflict: resource provider {uuid} has an inventory of class {resource_class} already."
        raise Conflict(said, code=access.CONCURRENT)
    store.put(tx, uuid, resource_class, inventory, new=True)
    access.changed(tx, [uuid])
    return access.provider(tx, uuid)


def update(
    tx: Tx, caller: Caller, uuid: str, resource_class: str, inventory: Inventory, generation: int, *, all_reserved: bool
) -> Provider:
    """Change what a provider has of a class. Raises Conflict for another generation, NotFound, Invalid."""
    access.demand(caller, f"{_RULES}:update")
    access.changing(tx, uuid, generation)
    _must_lend(
        f"Unable to update inventory for resource provider {uuid}:", uuid, {resource_class: inventory}, all_reserved
    )
    if access.unknown_classes(tx, [resource_class]):
        raise NotFound(f"No such resource class {resource_class}.")
    present = store.of(tx, [uuid])[uuid].get(resource_class)
    if present is None:
        raise Invalid(
            f"No inventory record with resource class for resource provider {uuid}: No inventory of class "
            f"{resource_class} found."
        )
    store.put(tx, uuid, resource_class, replace(inventory, used=present.used), new=False)
    access.changed(tx, [uuid])
    return access.provider(tx, uuid)


def replace_all(
    tx: Tx, caller: Caller, uuid: str, wanted: Mapping[str, Inventory], generation: int, *, all_reserved: bool
) -> Provider:
    """Have a provider have exactly this. Raises Conflict for another generation and where something that goes is held."""
    access.demand(caller, f"{_RULES}:update")
    access.changing(tx, uuid, generation)
    _must_lend(f"Unable to update inventory for resource provider {uuid}:", uuid, wanted, all_reserved)
    for name in access.keep_classes(tx, wanted):
        said = f"Unknown resource class in inventory for resource provider {uuid}: No such resource class {name}."
        raise Invalid(said)
    put(tx, uuid, wanted, "update conflict: ")
    access.changed(tx, [uuid])
    return access.provider(tx, uuid)


def delete(tx: Tx, caller: Caller, uuid: str, resource_class: str) -> None:
    """Take a class from a provider. Raises NotFound, Conflict while somebody holds something of it."""
    access.demand(caller, f"{_RULES}:delete")
    access.changing(tx, uuid)
    refused = f"No inventory of class {resource_class} found for delete:"
    if access.unknown_classes(tx, [resource_class]):
        raise NotFound(f"{refused} No such resource class {resource_class}.")
    if resource_class not in store.of(tx, [uuid])[uuid]:
        raise NotFound(f"{refused} No inventory of class {resource_class} found for delete")
    if allocations.classes_held(tx, uuid, [resource_class]):
        said = f"Unable to delete inventory of class {resource_class}: {_in_use(uuid, resource_class)}"
        raise Conflict(said, code=access.CONCURRENT)
    store.remove(tx, uuid, resource_class)
    access.changed(tx, [uuid])


def delete_all(tx: Tx, caller: Caller, uuid: str, *, known: bool) -> None:
    """Take everything from a provider. Raises Conflict while somebody holds something of it; clients may be too old to know."""
    access.demand(caller, f"{_RULES}:delete")
    if not known:
        raise MethodNotAllowed("The method is not allowed.", allow=["GET", "POST", "PUT"], said="")
    access.changing(tx, uuid)
    put(tx, uuid, {}, "")
    access.changed(tx, [uuid])


def put(tx: Tx, uuid: str, wanted: Mapping[str, Inventory], refused: str) -> None:
    """Have a provider have exactly this; what is used of it stays. Raises Conflict where something that goes is held."""
    present = store.of(tx, [uuid])[uuid]
    gone = present.keys() - wanted.keys()
    held = sorted(allocations.classes_held(tx, uuid, gone)) if gone else []
    if held:
        raise Conflict(f"{refused}{_in_use(uuid, ', '.join(held))}", code=access.IN_USE)
    for name in sorted(gone):
        store.remove(tx, uuid, name)
    for name, inventory in wanted.items():
        used = present[name].used if name in present else 0
        store.put(tx, uuid, name, replace(inventory, used=used), new=name not in present)


def _in_use(uuid: str, classes: str) -> str:
    return f"Inventory for '{classes}' on resource provider '{uuid}' in use."


def _must_lend(refused: str, uuid: str, wanted: Mapping[str, Inventory], all_reserved: bool) -> None:
    """Raise Invalid for a capacity below nothing, or of nothing where not all may be reserved."""
    for name, inventory in wanted.items():
        if inventory.capacity < 0 or (inventory.capacity == 0 and not all_reserved):
            than = "greater than" if all_reserved else "greater than or equal to"
            said = f"Invalid inventory for '{name}' on resource provider '{uuid}'. The reserved value is {than} total."
            raise Invalid(f"{refused} {said}")
