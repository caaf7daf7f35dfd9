"""Resource classes."""

from collections.abc import Mapping

from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid, NotFound
from gureum.kernel.store.tx import Tx
from gureum.placement.resource_classes import STANDARD
from gureum.placement.service import access
from gureum.placement.store import allocations, inventories
from gureum.placement.store import resource_classes as store


def everything(tx: Tx, caller: Caller) -> Mapping[str, int]:
    """All classes with the times of their making (0: always there)."""
    access.demand(caller, "resource_classes:list")
    return dict.fromkeys(STANDARD, 0) | store.custom(tx)


def get(tx: Tx, caller: Caller, name: str) -> int:
    """When a class was made (0: always there). Raises NotFound."""
    access.demand(caller, "resource_classes:show")
    return _get(tx, name)


def create(tx: Tx, caller: Caller, name: str) -> None:
    """Make a custom class. Raises Conflict for one that is there."""
    access.demand(caller, "resource_classes:create")
    if not _made(tx, name):
        raise Conflict(f"Conflicting resource class already exists: {name}")


def ensure(tx: Tx, caller: Caller, name: str) -> bool:
    """Make a custom class, unless it is there. Says whether it was made."""
    access.demand(caller, "resource_classes:update")
    return _made(tx, name)


def rename(tx: Tx, caller: Caller, name: str, to: str) -> None:
    """Give a custom class another name, with all that there is of it. Raises NotFound, Invalid, Conflict."""
    access.demand(caller, "resource_classes:update")
    for one in sorted({name, to}):
        tx.lock("resource class", one)
    _get(tx, name)
    if name in STANDARD:
        raise Invalid(f"Cannot update standard resource class {name}")
    if store.custom(tx, [to]):
        raise Conflict(f"Resource class already exists: {to}")
    store.rename(tx, name, to)
    inventories.rename_class(tx, name, to)
    allocations.rename_class(tx, name, to)


def delete(tx: Tx, caller: Caller, name: str) -> None:
    """Forget a custom class. Raises NotFound, Invalid for a standard one, Conflict while a provider has something of it."""
    access.demand(caller, "resource_classes:delete")
    tx.lock("resource class", name)
    _get(tx, name)
    if name in STANDARD:
        raise Invalid(f"Error in delete resource class: Cannot delete standard resource class {name}.")
    if inventories.has_class(tx, name):
        said = f"Cannot delete resource class {name}. Class is in use in inventory."
        raise Conflict(f"Error in delete resource class: {said}")
    store.remove(tx, name)


def _made(tx: Tx, name: str) -> bool:
    tx.lock("resource class", name)
    if store.custom(tx, [name]):
        return False
    store.add(tx, name, clock.now())
    return True


def _get(tx: Tx, name: str) -> int:
    at = 0 if name in STANDARD else store.custom(tx, [name]).get(name)
    if at is None:
        raise NotFound(f"No such resource class {name}.")
    return at
