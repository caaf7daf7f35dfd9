"""Hypervisors: hosts as administrators look at them."""

from typing import Any

from gureum.compute.hypervisor import Hypervisor
from gureum.compute.service import hypervisors
from gureum.compute.wire import hypervisors as wire
from gureum.compute.wire import values
from gureum.compute.wire.paging import limit_of, with_next
from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call, Routes

routes = Routes(early=True)

_RULES = "os_compute_api:os-hypervisors"
_UUIDS = (2, 53)


def _guests(call: Call) -> bool:
    return call.version >= _UUIDS and values.truth(call.one("with_servers"))


def _list(call: Call, rule: str) -> list[Hypervisor]:
    pattern = call.one("hypervisor_hostname_pattern") if call.version >= _UUIDS else None
    if pattern is not None:
        if "limit" in call.query or "marker" in call.query:
            raise Invalid(
                "Paging over hypervisors with the hypervisor_hostname_pattern query parameter is not supported."
            )
        return hypervisors.matching(call.tx, call.caller, rule, pattern, guests=_guests(call))
    pages = call.version >= (2, 33)
    return hypervisors.page(
        call.tx,
        call.caller,
        rule,
        marker=call.one("marker") if pages else None,
        limit=limit_of(call) if pages else None,
        by_uuid=call.version >= _UUIDS,
        guests=_guests(call),
    )


def _page(call: Call, found: list[Hypervisor], shown: list[dict[str, Any]]) -> dict[str, Any]:
    body: dict[str, Any] = {"hypervisors": shown}
    if call.version < (2, 33) or not found or "hypervisor_hostname_pattern" in call.query:
        return body
    last = found[-1].host
    marker = last.uuid if call.version >= _UUIDS else str(last.id)
    return with_next(call, body, "hypervisors", limit=limit_of(call), marker=marker)


@routes.get("/v2.1/os-hypervisors", f"{_RULES}:list", query=wire.QUERY, history=wire.HISTORY)
def index(call: Call) -> dict[str, Any]:
    """The hypervisors, in short."""
    found = _list(call, "list")
    return _page(call, found, [wire.brief(one) for one in found])


@routes.get("/v2.1/os-hypervisors/detail", f"{_RULES}:list-detail", query=wire.QUERY, history=wire.HISTORY)
def detail(call: Call) -> dict[str, Any]:
    """The hypervisors."""
    found = _list(call, "list-detail")
    return _page(call, found, [wire.show(one, call.version) for one in found])


@routes.get("/v2.1/os-hypervisors/statistics", f"{_RULES}:statistics", until=(2, 87))
def statistics(call: Call) -> dict[str, Any]:
    """What all of them have together."""
    return wire.statistics(hypervisors.everyone(call.tx, call.caller, "statistics"))


@routes.get("/v2.1/os-hypervisors/{id}", f"{_RULES}:show", query=wire.ITEM_QUERY, history=wire.HISTORY)
def show(call: Call, id: str) -> dict[str, Any]:
    """A hypervisor."""
    found = hypervisors.get(call.tx, call.caller, id, by_uuid=call.version >= _UUIDS, guests=_guests(call))
    return {"hypervisor": wire.show(found, call.version)}


@routes.get("/v2.1/os-hypervisors/{id}/search", f"{_RULES}:search", until=(2, 52), history=wire.HISTORY)
def search(call: Call, id: str) -> dict[str, Any]:
    """The hypervisors with a part of a name."""
    found = hypervisors.matching(call.tx, call.caller, "search", id, guests=False)
    return {"hypervisors": [wire.brief(one) for one in found]}


@routes.get("/v2.1/os-hypervisors/{id}/servers", f"{_RULES}:servers", until=(2, 52), history=wire.HISTORY)
def servers(call: Call, id: str) -> dict[str, Any]:
    """The hypervisors with a part of a name, and their guests."""
    found = hypervisors.matching(call.tx, call.caller, "servers", id, guests=True)
    return {"hypervisors": [wire.brief(one) for one in found]}
