"""Subnets."""

from collections.abc import Mapping
from typing import Any

from gureum.kernel.http import Call, Routes
from gureum.network.api.resource import Resource, Shown, add_routes
from gureum.network.service import lists, subnets
from gureum.network.service.listing import Query
from gureum.network.wire import subnets as wire

routes = Routes(strict=True)


def _items(call: Call, query: Query) -> list[Shown]:
    return [wire.show(subnet, external) for subnet, external in lists.subnets(call.tx, call.caller, query)]


def _one(call: Call, id: str) -> Shown:
    subnet, network = subnets.get(call.tx, call.caller, id)
    return wire.show(subnet, network.external)


def _create(call: Call, values: Mapping[str, Any], given: Mapping[str, Any]) -> Shown:
    return _one(call, subnets.create(call.tx, call.caller, values, given).id)


def _update(call: Call, id: str, values: Mapping[str, Any]) -> Shown:
    subnet, network = subnets.update(call.tx, call.caller, id, values)
    return wire.show(subnet, network.external)


add_routes(routes, Resource("/v2.0/subnets", wire.BODY, _items, _one, _create, _update, subnets.delete))
