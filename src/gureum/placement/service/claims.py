"""Claims: finding a provider with room, taking it, giving it back."""

from collections.abc import Mapping

from gureum.kernel import clock
from gureum.kernel.faults import NoCapacity
from gureum.kernel.store.tx import Tx
from gureum.placement.inventory import MEMORY_MB
from gureum.placement.store import allocations, providers


def candidates(
    tx: Tx, wanted: Mapping[str, int], *, zone: str | None = None, name: str | None = None, limit: int, offset: int = 0
) -> list[str]:
    """Available providers with enough of everything, those with most memory free first."""
    return providers.with_room(tx, wanted, first=MEMORY_MB, zone=zone, name=name, limit=limit, offset=offset)


def claim(tx: Tx, consumer: str, provider: str, wanted: Mapping[str, int], *, project_id: str, user_id: str) -> None:
    """Hold resources of one provider for a consumer, instead of what it held before.

    Raises NoCapacity when the provider has not enough.
    """
    tx.lock("provider", provider)
    release(tx, consumer)
    amounts = {resource_class: amount for resource_class, amount in wanted.items() if amount > 0}
    for resource_class, amount in amounts.items():
        if not providers.use(tx, provider, resource_class, amount):
            raise NoCapacity(f"The host has not enough {resource_class} left.")
    allocations.add(tx, consumer, provider, amounts, owner=(project_id, user_id), now=clock.now())


def release(tx: Tx, consumer: str) -> None:
    """Give back all that a consumer holds; nothing held is fine."""
    for provider, resource_class, amount in allocations.held(tx, consumer):
        providers.use(tx, provider, resource_class, -amount)
    allocations.remove(tx, consumer)


def consumers(tx: Tx) -> set[str]:
    """Who holds anything."""
    return allocations.consumers_holding(tx)


def miscounted(tx: Tx) -> list[tuple[str, str, int, int]]:
    """(provider, class, amount counted as used, amount that its claims hold) where these differ."""
    return providers.miscounted(tx, allocations.sums(tx))


def recount(tx: Tx, provider: str) -> None:
    """Count a provider's claims anew."""
    for uuid, resource_class, used, amount in miscounted(tx):
        if uuid == provider:
            providers.use(tx, uuid, resource_class, amount - used, even_too_much=True)


def held(tx: Tx, consumer: str) -> list[tuple[str, str, int]]:
    """What a consumer holds: (provider, class, amount)."""
    return allocations.held(tx, consumer)
