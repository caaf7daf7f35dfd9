"""Ports."""

from collections.abc import Mapping
from typing import Any

from gureum.kernel.http import Call, Routes
from gureum.network.api.resource import Resource, Shown, add_routes
from gureum.network.service import lists, ports
from gureum.network.service.listing import Query
from gureum.network.wire import ports as wire

routes = Routes()


def _items(call: Call, query: Query) -> list[Shown]:
    return [wire.show(port, call.caller) for port in lists.ports(call.tx, call.caller, query)]


def _one(call: Call, id: str) -> Shown:
    return wire.show(ports.get(call.tx, call.caller, id), call.caller)


def _create(call: Call, values: Mapping[str, Any], given: Mapping[str, Any]) -> Shown:
    return wire.show(ports.create(call.tx, call.caller, values, given), call.caller)


def _update(call: Call, id: str, values: Mapping[str, Any]) -> Shown:
    return wire.show(ports.update(call.tx, call.caller, id, values), call.caller)


add_routes(routes, Resource("/v2.0/ports", wire.BODY, _items, _one, _create, _update, ports.delete))
