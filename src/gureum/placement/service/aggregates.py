"""Aggregates of providers: who is in one with a provider that shares may use what it has."""

import uuid as uuids
from collections.abc import Iterable

from gureum.kernel.caller import Caller
from gureum.kernel.store.tx import Tx
from gureum.placement.provider import Provider
from gureum.placement.service import access
from gureum.placement.service.traits import CHANGED
from gureum.placement.store import aggregates as store


def of_provider(tx: Tx, caller: Caller, uuid: str) -> tuple[Provider, list[str]]:
    """A provider and its aggregates. Raises NotFound."""
    access.demand(caller, "resource_providers:aggregates:list")
    return access.provider(tx, uuid), sorted(store.of(tx, [uuid])[uuid])


def replace(
    tx: Tx, caller: Caller, uuid: str, wanted: Iterable[str], generation: int | None
) -> tuple[Provider, list[str]]:
    """Put a provider into exactly these aggregates. Without a generation none is asked for, and none raised.

    Raises NotFound, Conflict for another generation.
    """
    access.demand(caller, "resource_providers:aggregates:update")
    access.changing(tx, uuid, generation, CHANGED)
    plain = sorted({str(uuids.UUID(one)) for one in wanted})
    store.put(tx, uuid, plain)
    if generation is not None:
        access.changed(tx, [uuid])
    return access.provider(tx, uuid), plain
