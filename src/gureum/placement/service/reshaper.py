"""The reshaper: inventories and allocations change at once, so that what is held may move from provider to provider."""

from collections.abc import Mapping, Sequence

from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid
from gureum.kernel.store.tx import Tx
from gureum.placement.consumer import Claim
from gureum.placement.inventory import Inventory
from gureum.placement.service import access, allocations, inventories
from gureum.placement.store import inventories as lent
from gureum.placement.store import providers

Wanted = Mapping[str, tuple[int, Mapping[str, Inventory]]]
"""By provider: its generation, and all that it is to have."""


def reshape(tx: Tx, caller: Caller, wanted: Wanted, claims: Sequence[Claim]) -> None:
    """Have providers have exactly this, and consumers hold exactly this.

    Raises Conflict for other generations, and where something is held that no longer is there; Invalid.
    """
    access.demand(caller, "reshaper:reshape")
    for claim in sorted(claims, key=lambda one: one.consumer):
        tx.lock("consumer", claim.consumer)
    for uuid in sorted(wanted):
        _must_be_known(tx, uuid, wanted[uuid][0])
        for name in access.keep_classes(tx, wanted[uuid][1]):
            raise Invalid(f"malformed reshaper data: No such resource class {name}.")
    for uuid, (_, has) in wanted.items():
        # what goes is still there while what is held of it moves
        present = lent.of(tx, [uuid])[uuid]
        inventories.put(tx, uuid, {**present, **has}, "update conflict: ")
    allocations.put(tx, claims)
    for uuid, (_, has) in wanted.items():
        inventories.put(tx, uuid, has, "update conflict: ")
    access.changed(tx, wanted)


def _must_be_known(tx: Tx, uuid: str, generation: int) -> None:
    tx.lock("provider", uuid)
    found = providers.find(tx, uuid)
    if found is None:
        said = f"Resource provider {uuid} in inventories not found: No resource provider with uuid {uuid} found"
        raise Invalid(said, code="placement.resource_provider.not_found")
    if found.generation != generation:
        said = f"resource provider generation conflict for provider {uuid}: actual: {found.generation}, given: {generation}"
        raise Conflict(said, code=access.CONCURRENT)
