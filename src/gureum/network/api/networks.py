"""Networks."""

from collections.abc import Mapping
from typing import Any

from gureum.kernel.http import Call, Routes
from gureum.network.api.resource import Resource, Shown, add_routes
from gureum.network.service import lists, networks
from gureum.network.service.listing import Query
from gureum.network.wire import networks as wire

routes = Routes(strict=True)


def _items(call: Call, query: Query) -> list[Shown]:
    found, subnets = lists.networks(call.tx, call.caller, query)
    hidden = wire.hidden_from(call.caller)
    return [wire.show(network, subnets.get(network.id, []), hidden) for network in found]


def _one(call: Call, id: str) -> Shown:
    networks.get(call.tx, call.caller, id)
    return _items(call, Query({"id": [id]}))[0]


def _create(call: Call, values: Mapping[str, Any], given: Mapping[str, Any]) -> Shown:
    network = networks.create(call.tx, call.caller, values, given)
    return wire.show(network, [], wire.hidden_from(call.caller)) | {"is_default": network.is_default}


def _update(call: Call, id: str, values: Mapping[str, Any]) -> Shown:
    networks.update(call.tx, call.caller, id, values)
    return _one(call, id)


add_routes(routes, Resource("/v2.0/networks", wire.BODY, _items, _one, _create, _update, networks.delete))
