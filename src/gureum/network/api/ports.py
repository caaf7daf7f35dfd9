"""Ports."""

from collections.abc import Mapping
from typing import Any

from gureum.kernel.http import Call, Routes
from gureum.network.api.resource import Resource, Shown, add_routes
from gureum.network.port import Port
from gureum.network.service import lists, ports
from gureum.network.service.listing import Query
from gureum.network.wire import ports as wire

routes = Routes(strict=True)


def _items(call: Call, query: Query) -> list[Shown]:
    hidden = wire.hidden_from(call.caller)
    return [wire.show(port, hidden) for port in lists.ports(call.tx, call.caller, query)]


def _shown(call: Call, port: Port) -> Shown:
    return wire.show(port, wire.hidden_from(call.caller))


def _one(call: Call, id: str) -> Shown:
    return _shown(call, ports.get(call.tx, call.caller, id))


def _create(call: Call, values: Mapping[str, Any], given: Mapping[str, Any]) -> Shown:
    return _shown(call, ports.create(call.tx, call.caller, values, given))


def _update(call: Call, id: str, values: Mapping[str, Any]) -> Shown:
    return _shown(call, ports.update(call.tx, call.caller, id, values))


add_routes(routes, Resource("/v2.0/ports", wire.BODY, _items, _one, _create, _update, ports.delete))
