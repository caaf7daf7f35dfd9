"""Floating IPs."""

from collections.abc import Mapping
from typing import Any

from gureum.kernel.http import Call, Routes
from gureum.network.api.resource import Resource, Shown, add_routes
from gureum.network.floating_ip import FloatingIp
from gureum.network.service import floating_ips, lists
from gureum.network.service.listing import Query
from gureum.network.wire import floating_ips as wire

routes = Routes()


def _items(call: Call, query: Query) -> list[Shown]:
    return [wire.show(floating, details) for floating, details in lists.floating_ips(call.tx, call.caller, query)]


def _shown(call: Call, floating: FloatingIp) -> Shown:
    return wire.show(floating, lists.port_details(call.tx, floating))


def _one(call: Call, id: str) -> Shown:
    return _shown(call, floating_ips.get(call.tx, call.caller, id))


def _create(call: Call, values: Mapping[str, Any], given: Mapping[str, Any]) -> Shown:
    return _shown(call, floating_ips.create(call.tx, call.caller, values, given))


def _update(call: Call, id: str, values: Mapping[str, Any]) -> Shown:
    return _shown(call, floating_ips.update(call.tx, call.caller, id, values))


add_routes(routes, Resource("/v2.0/floatingips", wire.BODY, _items, _one, _create, _update, floating_ips.delete))
