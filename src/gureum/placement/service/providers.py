"""What compute lends: a provider for each of its hosts, with what the host's agent reports.

The report owns its provider's name and place, the inventories of the classes that it names, and the traits of the kinds that it
names. All else about the provider is an operator's: other classes, other traits, aggregates, children.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gureum.kernel import clock
from gureum.kernel.store.tx import Tx
from gureum.placement.inventory import Inventory
from gureum.placement.provider import Provider
from gureum.placement.store import aggregates, allocations, traits
from gureum.placement.store import inventories as lent
from gureum.placement.store import providers as store


@dataclass(frozen=True, slots=True)
class Lent:
    """A provider as compute wants it to be. Where not `available` nobody is placed there any more.

    Of the traits that begin like one of `kinds` it has exactly `traits`.
    """

    uuid: str
    name: str
    inventories: Mapping[str, Inventory]
    zone: str
    available: bool
    traits: frozenset[str] = frozenset()
    kinds: tuple[str, ...] = ()


def lend(tx: Tx, wanted: Sequence[Lent]) -> int:
    """Make or change providers; says how many were not as wanted."""
    uuids = [one.uuid for one in wanted]
    rows, has, are = store.lent(tx, uuids), lent.of(tx, uuids), traits.of(tx, uuids)
    changed = 0
    for one in wanted:
        row = rows.get(one.uuid)
        inventories = _changes(one.inventories, has[one.uuid])
        qualities = {name for name in are[one.uuid] if not name.startswith(one.kinds)} | one.traits
        if row == (one.name, one.zone, one.available) and not inventories and qualities == are[one.uuid]:
            continue
        changed += 1
        _put(tx, one, new=row is None)
        for name, (inventory, new) in inventories.items():
            lent.put(tx, one.uuid, name, inventory, new=new)
        if qualities != are[one.uuid]:
            traits.put(tx, one.uuid, qualities)
        if inventories or qualities != are[one.uuid]:
            store.touch(tx, [one.uuid], clock.now())
    return changed


def _changes(wanted: Mapping[str, Inventory], present: Mapping[str, Inventory]) -> dict[str, tuple[Inventory, bool]]:
    """The inventories that are otherwise, with what is used of them now, and whether there was none."""
    found: dict[str, tuple[Inventory, bool]] = {}
    for name, inventory in wanted.items():
        old = present.get(name)
        new = replace(inventory, used=0 if old is None else old.used)
        if new != old:
            found[name] = new, old is None
    return found


def _put(tx: Tx, one: Lent, *, new: bool) -> None:
    """A host has its name: a provider that an operator gave it gets another."""
    other = store.find_by_name(tx, one.name)
    if other is not None and other.uuid != one.uuid:
        store.change(tx, other.uuid, name=f"{one.name[:160]} {other.uuid}")
    if new:
        made = Provider(one.uuid, one.name, 0, one.uuid, updated_at=clock.now())
        store.add(tx, made, zone=one.zone, available=one.available)
    else:
        store.change(tx, one.uuid, name=one.name, zone=one.zone, available=one.available)


def set_available(tx: Tx, uuid: str, available: bool) -> None:
    """Whether new consumers may be placed there."""
    store.change(tx, uuid, available=available)


def remove(tx: Tx, uuid: str) -> None:
    """Forget a provider; one that is somebody's parent, or that somebody holds something of, is only lent no more."""
    if allocations.is_held(tx, uuid) or store.has_children(tx, uuid):
        store.change(tx, uuid, available=False)
    else:
        forget(tx, uuid)


def forget(tx: Tx, uuid: str) -> None:
    """Forget a provider with all that it has and is."""
    lent.remove(tx, uuid)
    traits.put(tx, uuid, ())
    aggregates.put(tx, uuid, ())
    store.remove(tx, uuid)


def inventories(tx: Tx, uuids: Sequence[str]) -> dict[str, dict[str, Inventory]]:
    """What several providers have and what is used of it, by class."""
    return lent.of(tx, uuids)
