"""Simple usage: the hours of servers, by project."""

from typing import Any

from gureum.compute.service import usage
from gureum.compute.service.usage import Span, Usage
from gureum.compute.wire import usage as wire
from gureum.compute.wire.paging import limit_of
from gureum.kernel.http import Call, Routes
from gureum.kernel.http.paging import next_link

routes = Routes()

_RULES = "os_compute_api:os-simple-tenant-usage"
_PAGES = (2, 40)


def _span(call: Call) -> Span:
    return usage.span_of(wire.instant(call.one("start")), wire.instant(call.one("end")))


def _page(call: Call) -> dict[str, Any]:
    if call.version < _PAGES:
        return {"marker": None, "limit": None}
    return {"marker": call.one("marker"), "limit": limit_of(call)}


def _next(call: Call, key: str, several: list[Usage]) -> dict[str, Any]:
    count = sum(len(one.servers) for one in several)
    if call.version < _PAGES or not count or count < limit_of(call):
        return {}
    return {f"{key}_links": [{"rel": "next", "href": next_link(call, several[-1].servers[-1].id)}]}


@routes.get("/v2.1/os-simple-tenant-usage", f"{_RULES}:list", query=wire.QUERY, early=True)
def index(call: Call) -> dict[str, Any]:
    """What every project used."""
    found = usage.search(call.tx, call.caller, _span(call), **_page(call))
    detailed = call.one("detailed") == "1"
    body = {"tenant_usages": [wire.show(one, detailed=detailed) for one in found]}
    return body | _next(call, "tenant_usages", found)


@routes.get("/v2.1/os-simple-tenant-usage/{id}", f"{_RULES}:show", query=wire.ITEM_QUERY)
def show(call: Call, id: str) -> dict[str, Any]:
    """What a project used."""
    call.demand(f"{_RULES}:show", {"project_id": id})
    found = usage.of_project(call.tx, call.caller, id, _span(call), **_page(call))
    body = {"tenant_usage": wire.show(found, detailed=True) if found.servers else {}}
    return body | _next(call, "tenant_usage", [found])
