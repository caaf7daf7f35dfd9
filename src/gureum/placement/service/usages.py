"""Usages: how much of what there is is held, by provider and by project."""

from gureum.kernel.caller import Caller
from gureum.kernel.store.tx import Tx
from gureum.placement.inventory import Inventory
from gureum.placement.provider import Provider
from gureum.placement.service import access
from gureum.placement.service.inventories import everything
from gureum.placement.store import allocations

Totals = list[tuple[str | None, str, int]]
"""(type of the consumers, class, amount in sum)."""


def of_provider(tx: Tx, caller: Caller, uuid: str) -> tuple[Provider, dict[str, Inventory]]:
    """A provider and what is used of all that it has. Raises NotFound."""
    return everything(tx, caller, uuid, "resource_providers:usages")


def must_be_allowed(caller: Caller, project_id: str | None) -> None:
    """Raise Forbidden unless the caller may see what a project uses; asked before anything else about the request."""
    access.demand(caller, "usages", project_id)


def of_project(tx: Tx, caller: Caller, project_id: str, user_id: str | None) -> tuple[Totals, dict[str | None, int]]:
    """What the consumers of a project (of a user in it) hold, and how many there are of each type."""
    must_be_allowed(caller, project_id)
    return allocations.totals(tx, project_id, user_id), allocations.counts(tx, project_id, user_id)
