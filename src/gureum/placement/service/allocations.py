"""Allocations: what consumers hold of providers. Servers' are the claims of compute, in the same rows."""

from collections.abc import Iterable, Mapping, Sequence

from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid, NotFound
from gureum.kernel.ids import is_uuid
from gureum.kernel.store.tx import Tx
from gureum.placement.consumer import NOBODY, Claim, Consumer
from gureum.placement.inventory import Inventory
from gureum.placement.provider import Provider
from gureum.placement.service import access
from gureum.placement.service.resource_providers import must_exist
from gureum.placement.store import allocations as store
from gureum.placement.store import inventories, providers

Held = list[tuple[str, str, int]]
"""(provider, class, amount)."""


def of_consumer(tx: Tx, caller: Caller, consumer: str) -> tuple[Consumer | None, Held, dict[str, int]]:
    """A consumer, what it holds, and the generations of the providers that it holds it of; nothing for one that is not there."""
    access.demand(caller, "allocations:list")
    held = store.held(tx, consumer)
    found = providers.by_uuids(tx, {provider for provider, _, _ in held})
    return store.find(tx, consumer), held, {uuid: one.generation for uuid, one in found.items()}


def of_provider(tx: Tx, caller: Caller, uuid: str) -> tuple[Provider, list[tuple[Consumer, str, int]]]:
    """A provider and what consumers hold of it. Raises NotFound."""
    access.demand(caller, "resource_providers:allocations:list")
    provider = access.provider(tx, uuid, "Resource provider '{0}' not found: No resource provider with uuid {0} found")
    return provider, store.of_provider(tx, uuid)


def replace(tx: Tx, caller: Caller, claim: Claim) -> None:
    """Have a consumer hold something instead of what it holds; nothing: it is forgotten.

    Raises Conflict where there is not as much, or the consumer is of another generation; Invalid.
    """
    access.demand(caller, "allocations:update")
    if not (is_uuid(claim.consumer) and len(claim.consumer) == 36):
        raise Invalid(f"Malformed consumer_uuid: {claim.consumer}")
    put(tx, [claim])


def replace_several(tx: Tx, caller: Caller, claims: Sequence[Claim]) -> None:
    """The same of several consumers, all or none."""
    access.demand(caller, "allocations:manage")
    put(tx, claims)


def delete(tx: Tx, caller: Caller, consumer: str) -> None:
    """Give back all that a consumer holds. Raises NotFound where that is nothing."""
    access.demand(caller, "allocations:delete")
    tx.lock("consumer", consumer)
    held = store.held(tx, consumer)
    if not held:
        raise NotFound(f"No allocations for consumer '{consumer}'")
    _give_back(tx, held)
    store.remove(tx, consumer)
    access.changed(tx, {provider for provider, _, _ in held})


def put(tx: Tx, claims: Sequence[Claim]) -> None:
    """Have consumers hold things instead of what they hold."""
    for claim in sorted(claims, key=lambda one: one.consumer):
        tx.lock("consumer", claim.consumer)
    old = {claim.consumer: store.find(tx, claim.consumer) for claim in claims}
    for claim in claims:
        _must_be_known(claim, old[claim.consumer])
    named = {uuid for claim in claims for uuid in claim.holds}
    for uuid in sorted(named):
        tx.lock("provider", uuid)
    must_exist(tx, named)
    _must_be_classes(tx, claims)
    before = {claim.consumer: store.held(tx, claim.consumer) for claim in claims}
    overfull = _overfull(inventories.of(tx, named))
    for held in before.values():
        _give_back(tx, held)
    for claim in claims:
        store.clear(tx, claim.consumer)
    _take(tx, claims, overfull)
    now = clock.now()
    for claim in claims:
        _keep(tx, claim, old[claim.consumer], now)
    access.changed(tx, named | {uuid for held in before.values() for uuid, _, _ in held})


def _must_be_known(claim: Claim, consumer: Consumer | None) -> None:
    present = None if consumer is None else consumer.generation
    if claim.checked and claim.generation != present:
        expected = "null" if present is None else present
        said = f"consumer generation conflict - expected {expected} but got {claim.generation}"
        raise Conflict(said, code=access.CONCURRENT)


def _must_be_classes(tx: Tx, claims: Iterable[Claim]) -> None:
    names = {name for claim in claims for amounts in claim.holds.values() for name in amounts}
    for name in access.unknown_classes(tx, names):
        raise Invalid(f"Unable to allocate inventory No such resource class {name}.")


def _give_back(tx: Tx, held: Held) -> None:
    for provider, name, amount in held:
        inventories.use(tx, provider, name, -amount)


def _overfull(has: Mapping[str, Mapping[str, Inventory]]) -> dict[tuple[str, str], int]:
    """What providers that shrank under their consumers lend: nobody need give anything back for it to stay as much."""
    return {
        (uuid, name): inventory.used
        for uuid, inventories_of in has.items()
        for name, inventory in inventories_of.items()
        if inventory.free < 0
    }


def _take(tx: Tx, claims: Sequence[Claim], overfull: Mapping[tuple[str, str], int]) -> None:
    """Take from inventories, by the figures as they are now. Raises Conflict where there is not as much."""
    has = inventories.of(tx, {uuid for claim in claims for uuid in claim.holds})
    taken: dict[tuple[str, str], int] = {}
    for claim in claims:
        for uuid, amounts in claim.holds.items():
            for name, amount in amounts.items():
                inventory = has[uuid].get(name)
                used = taken[uuid, name] = taken.get((uuid, name), 0) + amount
                _must_be_had(uuid, name, inventory, amount, used, overfull.get((uuid, name), 0))
            store.add(tx, claim.consumer, uuid, amounts)
    for (uuid, name), amount in taken.items():
        inventories.use(tx, uuid, name, amount, even_too_much=True)


def _must_be_had(uuid: str, name: str, inventory: Inventory | None, amount: int, used: int, overfull: int) -> None:
    refused = f"Unable to allocate inventory: Unable to create allocation for '{name}' on resource provider '{uuid}'."
    if inventory is None:
        raise Conflict(f"Unable to allocate inventory: Inventory for '{name}' on resource provider '{uuid}' invalid.")
    if not inventory.takes(amount):
        raise Conflict(f"{refused} The requested amount would violate inventory constraints.")
    if used > inventory.free and inventory.used + used > overfull:
        raise Conflict(f"{refused} The requested amount would exceed the capacity.")


def _keep(tx: Tx, claim: Claim, old: Consumer | None, now: int) -> None:
    """Keep the consumer as the claim names it, or forget one that holds nothing any more."""
    if not claim.holds:
        store.remove(tx, claim.consumer)
        return
    project, user, kind, generation = NOBODY, NOBODY, None, 0
    if old is not None:
        project, user, kind, generation = old.project_id, old.user_id, old.type, old.generation
    kept = Consumer(
        claim.consumer, claim.project_id or project, claim.user_id or user, generation + 1, claim.type or kind, now
    )
    store.keep(tx, kept, new=old is None)
