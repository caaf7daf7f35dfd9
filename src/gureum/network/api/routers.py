"""Routers, their interfaces and routes."""

from collections.abc import Callable, Mapping
from typing import Any

from gureum.kernel.http import Call, Routes
from gureum.network.api.resource import Resource, Shown, add_routes
from gureum.network.service import interfaces, lists, routers
from gureum.network.service.listing import Query
from gureum.network.wire import routers as wire
from gureum.network.wire.body import parse

routes = Routes()


def _items(call: Call, query: Query) -> list[Shown]:
    return [wire.show(router) for router in lists.routers(call.tx, call.caller, query)]


def _one(call: Call, id: str) -> Shown:
    return wire.show(routers.get(call.tx, call.caller, id))


def _create(call: Call, values: Mapping[str, Any], given: Mapping[str, Any]) -> Shown:
    return wire.show(routers.create(call.tx, call.caller, values, given))


def _update(call: Call, id: str, values: Mapping[str, Any]) -> Shown:
    return wire.show(routers.update(call.tx, call.caller, id, values))


add_routes(routes, Resource("/v2.0/routers", wire.BODY, _items, _one, _create, _update, routers.delete))


@routes.put("/v2.0/routers/{id}/add_router_interface", "add_router_interface", raw=True)
def add_interface(call: Call, id: str) -> Shown:
    """Join the router with a subnet."""
    return wire.show_interface(interfaces.add(call.tx, call.caller, id, parse(call.raw)))


@routes.put("/v2.0/routers/{id}/remove_router_interface", "remove_router_interface", raw=True)
def remove_interface(call: Call, id: str) -> Shown:
    """Part the router from a subnet."""
    return wire.show_interface(interfaces.remove(call.tx, call.caller, id, parse(call.raw)))


@routes.put("/v2.0/routers/{id}/add_extraroutes", "add_extraroutes", raw=True)
def add_extra_routes(call: Call, id: str) -> Shown:
    """Add routes, leaving the others."""
    return _change_routes(call, id, routers.add_routes)


@routes.put("/v2.0/routers/{id}/remove_extraroutes", "remove_extraroutes", raw=True)
def remove_extra_routes(call: Call, id: str) -> Shown:
    """Take routes away, leaving the others."""
    return _change_routes(call, id, routers.remove_routes)


def _change_routes(call: Call, id: str, verb: Callable[..., routers.Router]) -> Shown:
    asked = wire.BODY.change(call.raw)
    return {"router": wire.show(verb(call.tx, call.caller, id, asked.get("routes", [])))}
