"""Claims: finding a provider with room, taking it, giving it back."""

from collections.abc import Mapping

from gureum.kernel import clock
from gureum.kernel.faults import NoCapacity
from gureum.kernel.store.tx import Tx
from gureum.placement.consumer import INSTANCE, Consumer
from gureum.placement.inventory import MEMORY_MB
from gureum.placement.store import allocations, inventories, providers


def candidates(
    tx: Tx, wanted: Mapping[str, int], *, zone: str | None = None, name: str | None = None, limit: int, offset: int = 0
) -> list[str]:
    """Available providers with enough of everything, those with most memory free first."""
    return inventories.with_room(tx, wanted, first=MEMORY_MB, zone=zone, name=name, limit=limit, offset=offset)


def claim(tx: Tx, consumer: str, provider: str, wanted: Mapping[str, int], *, project_id: str, user_id: str) -> None:
    """Hold resources of one provider for a server, instead of what it held before.

    Raises NoCapacity when the provider has not enough.
    """
    tx.lock("consumer", consumer)
    tx.lock("provider", provider)
    before = _give_back(tx, consumer)
    amounts = {resource_class: amount for resource_class, amount in wanted.items() if amount > 0}
    for resource_class, amount in amounts.items():
        if not inventories.use(tx, provider, resource_class, amount):
            raise NoCapacity(f"The host has not enough {resource_class} left.")
    old, now = allocations.find(tx, consumer), clock.now()
    generation = 1 if old is None else old.generation + 1
    allocations.keep(tx, Consumer(consumer, project_id, user_id, generation, INSTANCE, now), new=old is None)
    allocations.add(tx, consumer, provider, amounts)
    providers.touch(tx, before | {provider}, now)


def release(tx: Tx, consumer: str) -> None:
    """Give back all that a consumer holds; nothing held is fine."""
    tx.lock("consumer", consumer)
    before = _give_back(tx, consumer)
    if before:
        providers.touch(tx, before, clock.now())
    allocations.remove(tx, consumer)


def consumers(tx: Tx) -> set[str]:
    """The servers that hold anything."""
    return allocations.consumers_holding(tx, INSTANCE)


def miscounted(tx: Tx) -> list[tuple[str, str, int, int]]:
    """(provider, class, amount counted as used, amount that its claims hold) where these differ."""
    return inventories.miscounted(tx, allocations.sums(tx))


def recount(tx: Tx, provider: str) -> None:
    """Count a provider's claims anew."""
    for uuid, resource_class, used, amount in miscounted(tx):
        if uuid == provider:
            inventories.use(tx, uuid, resource_class, amount - used, even_too_much=True)


def held(tx: Tx, consumer: str) -> list[tuple[str, str, int]]:
    """What a consumer holds: (provider, class, amount)."""
    return allocations.held(tx, consumer)


def _give_back(tx: Tx, consumer: str) -> set[str]:
    """Have nothing held by a consumer; says of which providers something was."""
    found = allocations.held(tx, consumer)
    for provider, resource_class, amount in found:
        inventories.use(tx, provider, resource_class, -amount)
    if found:
        allocations.clear(tx, consumer)
    return {provider for provider, _, _ in found}
