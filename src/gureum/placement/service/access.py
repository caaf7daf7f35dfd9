"""What every door asks first: may the caller, is there such a provider, is it still the one that the client knows."""

from collections.abc import Iterable

from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, NotFound
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx
from gureum.placement.provider import Provider
from gureum.placement.resource_classes import STANDARD as CLASSES
from gureum.placement.store import providers, resource_classes, traits
from gureum.placement.traits import STANDARD as TRAITS

CONCURRENT = "placement.concurrent_update"
"""The code of a refusal because of somebody else's change."""
IN_USE = "placement.inventory.inuse"


def demand(caller: Caller, rule: str, project_id: str | None = None) -> None:
    """Raise Forbidden unless the caller may do something."""
    policy.demand("placement", f"placement:{rule}", caller, {"project_id": project_id})


def provider(tx: Tx, uuid: str, missing: str = "No resource provider with uuid {} found") -> Provider:
    """A provider. Raises NotFound, in the words of `missing`."""
    found = providers.find(tx, uuid)
    if found is None:
        raise NotFound(missing.format(uuid))
    return found


def changing(tx: Tx, uuid: str, generation: int | None = None, said: str = "") -> Provider:
    """A provider that is going to be changed. Raises NotFound, and Conflict (`said`) where it is of another generation."""
    tx.lock("provider", uuid)
    found = provider(tx, uuid)
    if generation is not None and generation != found.generation:
        raise Conflict(said or "resource provider generation conflict", code=CONCURRENT)
    return found


def changed(tx: Tx, uuids: Iterable[str]) -> None:
    """Raise the generations of providers."""
    wanted = set(uuids)
    if wanted:
        providers.touch(tx, wanted, clock.now())


def unknown_classes(tx: Tx, names: Iterable[str]) -> list[str]:
    """Which of these are no resource classes."""
    others = set(names) - set(CLASSES)
    return sorted(others - resource_classes.custom(tx, others).keys()) if others else []


def unknown_traits(tx: Tx, names: Iterable[str]) -> list[str]:
    """Which of these are no traits."""
    others = set(names) - TRAITS
    return sorted(others - traits.custom(tx, others).keys()) if others else []


def keep_classes(tx: Tx, names: Iterable[str]) -> list[str]:
    """Which of these are no resource classes; nobody takes the others away before this transaction ends."""
    _keep(tx, "resource class", set(names) - set(CLASSES))
    return unknown_classes(tx, names)


def keep_traits(tx: Tx, names: Iterable[str]) -> list[str]:
    """Which of these are no traits; nobody takes the others away before this transaction ends."""
    _keep(tx, "trait", set(names) - TRAITS)
    return unknown_traits(tx, names)


def _keep(tx: Tx, kind: str, names: Iterable[str]) -> None:
    for name in sorted(names):
        tx.lock(kind, name)
