"""Allocation candidates: the ways in which providers could lend what somebody is about to ask for."""

from dataclasses import dataclass

from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid
from gureum.kernel.store.tx import Tx
from gureum.placement.inventory import Inventory
from gureum.placement.matching import Candidate, Forest, candidates
from gureum.placement.provider import Provider
from gureum.placement.request import Request
from gureum.placement.service import access
from gureum.placement.store import forest


@dataclass(frozen=True, slots=True)
class Summary:
    """A provider with what it has and is."""

    provider: Provider
    inventories: dict[str, Inventory]
    traits: set[str]


def search(tx: Tx, caller: Caller, request: Request) -> tuple[list[Candidate], list[Summary]]:
    """The candidates, and the providers of their trees. Raises Invalid for classes and traits that are none."""
    access.demand(caller, "allocation_candidates:list")
    _must_be_known(tx, request)
    found = candidates(forest.around(tx, request), request)
    near: dict[str, Forest] = {}
    for one, trees in found:
        for root in {trees.providers[uuid].root for uuid in one.providers}:
            near |= dict.fromkeys(trees.trees[root], trees)
    summaries = [
        Summary(trees.providers[uuid], dict(trees.inventories[uuid]), trees.traits[uuid])
        for uuid, trees in near.items()
    ]
    return [one for one, _ in found], summaries


def _must_be_known(tx: Tx, request: Request) -> None:
    groups = request.groups.values()
    for name in access.unknown_classes(tx, {name for group in groups for name in group.resources}):
        raise Invalid(f"Invalid resource class in resources parameter: No such resource class {name}.")
    named = request.root_required | request.root_forbidden
    for group in groups:
        named = named.union(group.forbidden, *group.required)
    unknown = access.unknown_traits(tx, named)
    if unknown:
        raise Invalid(f"No such trait(s): {', '.join(unknown)}.")
