"""Traits, and which providers have which."""

from collections.abc import Iterable, Mapping

from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid, NotFound
from gureum.kernel.store.tx import Tx
from gureum.placement.provider import Provider
from gureum.placement.service import access
from gureum.placement.store import traits as store
from gureum.placement.traits import CUSTOM, STANDARD

CHANGED = "Resource provider's generation already changed. Please update the generation and try again."


def everything(
    tx: Tx, caller: Caller, *, names: Iterable[str] | None, prefix: str, associated: bool | None
) -> Mapping[str, int]:
    """The traits among `names` that begin with `prefix` and that some provider has or has not, with their times (0: always)."""
    access.demand(caller, "traits:list")
    found = dict.fromkeys(sorted(STANDARD), 0) | store.custom(tx)
    wanted = found.keys() if names is None else found.keys() & set(names)
    if associated is not None:
        used = store.in_use(tx)
        wanted = {name for name in wanted if (name in used) is associated}
    return {name: at for name, at in found.items() if name in wanted and name.startswith(prefix)}


def get(tx: Tx, caller: Caller, name: str) -> int:
    """When a trait was made (0: always there). Raises NotFound."""
    access.demand(caller, "traits:show")
    return _get(tx, name)


def ensure(tx: Tx, caller: Caller, name: str) -> tuple[bool, int]:
    """Make a custom trait, unless it is there. Says whether it was made, and when."""
    access.demand(caller, "traits:update")
    if not CUSTOM.fullmatch(name):
        raise Invalid(
            'The trait is invalid. A valid trait must be no longer than 255 characters, start with the prefix "CUSTOM_" '
            'and use following characters: "A"-"Z", "0"-"9" and "_"'
        )
    tx.lock("trait", name)
    found, now = store.custom(tx, [name]), clock.now()
    if name not in found:
        store.add(tx, name, now)
    return name not in found, found.get(name, now)


def delete(tx: Tx, caller: Caller, name: str) -> None:
    """Forget a custom trait. Raises NotFound, Invalid for a standard one, Conflict while a provider has it."""
    access.demand(caller, "traits:delete")
    tx.lock("trait", name)
    _get(tx, name)
    if name in STANDARD:
        raise Invalid(f"Cannot delete standard trait {name}.")
    if store.in_use(tx, name):
        raise Conflict(f"The trait {name} is in use by a resource provider.")
    store.remove(tx, name)


def of_provider(tx: Tx, caller: Caller, uuid: str) -> tuple[Provider, list[str]]:
    """A provider and its traits. Raises NotFound."""
    access.demand(caller, "resource_providers:traits:list")
    found = access.provider(
        tx, uuid, "No resource provider with uuid {0} found: No resource provider with uuid {0} found"
    )
    return found, sorted(store.of(tx, [uuid])[uuid])


def replace(tx: Tx, caller: Caller, uuid: str, names: list[str], generation: int) -> tuple[Provider, list[str]]:
    """Give a provider exactly these traits. Raises NotFound, Conflict for another generation, Invalid for what is no trait."""
    access.demand(caller, "resource_providers:traits:update")
    access.changing(tx, uuid, generation, CHANGED)
    unknown = access.keep_traits(tx, names)
    if unknown:
        raise Invalid(f"No such trait {', '.join(unknown)}")
    store.put(tx, uuid, names)
    access.changed(tx, [uuid])
    return access.provider(tx, uuid), sorted(set(names))


def clear(tx: Tx, caller: Caller, uuid: str) -> None:
    """Take all traits from a provider. Raises NotFound."""
    access.demand(caller, "resource_providers:traits:delete")
    access.changing(tx, uuid)
    store.put(tx, uuid, ())
    access.changed(tx, [uuid])


def _get(tx: Tx, name: str) -> int:
    at = 0 if name in STANDARD else store.custom(tx, [name]).get(name)
    if at is None:
        raise NotFound(f"No such trait(s): {name}.")
    return at
