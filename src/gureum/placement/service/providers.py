"""Providers: hosts, as far as they have something to lend."""

from collections.abc import Mapping, Sequence

from gureum.kernel import clock
from gureum.kernel.store.tx import Tx
from gureum.placement.inventory import Inventory
from gureum.placement.store import providers as store


def ensure(tx: Tx, uuid: str, name: str, inventories: Mapping[str, Inventory], *, zone: str, available: bool) -> None:
    """Make or change a provider. `available` False: nobody is placed there any more."""
    if store.find(tx, uuid) is None:
        store.add(tx, uuid, name, zone=zone, available=available, now=clock.now())
    else:
        store.change(tx, uuid, name=name, zone=zone, available=available)
    for resource_class, inventory in inventories.items():
        store.set_inventory(tx, uuid, resource_class, inventory)


def set_available(tx: Tx, uuid: str, available: bool) -> None:
    """Whether new consumers may be placed there."""
    store.change(tx, uuid, available=available)


def set_zone(tx: Tx, uuid: str, zone: str) -> None:
    """Move a provider to another zone."""
    store.change(tx, uuid, zone=zone)


def remove(tx: Tx, uuid: str) -> None:
    """Forget a provider that nobody holds anything of."""
    store.remove(tx, uuid)


def inventories(tx: Tx, uuids: Sequence[str]) -> dict[str, dict[str, Inventory]]:
    """What several providers have and what is used of it, by class."""
    return store.inventories_of(tx, uuids)
