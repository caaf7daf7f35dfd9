"""Routers."""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid
from gureum.kernel.ids import new_uuid
from gureum.kernel.store.tx import Tx
from gureum.network import faults
from gureum.network.flows import realise
from gureum.network.port import INTERFACE, ROUTER_OWNERS
from gureum.network.router import Router
from gureum.network.service import access, default_groups, gateways, quotas
from gureum.network.store import ports, subnets
from gureum.network.store import routers as store
from gureum.network.subnet import Route

Values = Mapping[str, Any]
MOST_ROUTES = 30


def target(router: Router) -> dict[str, Any]:
    """A router as rules see it."""
    return {"project_id": router.project_id, "tenant_id": router.project_id}


def reach(caller: Caller) -> sa.ColumnElement[bool]:
    """The routers that the caller may see."""
    return access.reach(caller, "get_router", [access.owned(caller, store.routers.c.project_id)])


def get(tx: Tx, caller: Caller, id: str) -> Router:
    """A router. Raises NotFound, also for one that the caller may not see."""
    router = store.get(tx, id)
    if not access.allows(caller, "get_router", target(router)):
        raise faults.router_not_found(id)
    return router


def create(tx: Tx, caller: Caller, values: Values, given: Values | None = None) -> Router:
    """A new router. Raises Forbidden, OverQuota, and for its gateway what `gateways.attach` raises."""
    project_id = str(values["project_id"])
    access.demand(caller, "create_router", {"project_id": project_id, "tenant_id": project_id}, given or {})
    quotas.check(tx, project_id, "router")
    if project_id:
        default_groups.ensure(tx, project_id)
    id = new_uuid()
    store.add(
        tx,
        id=id,
        project_id=project_id,
        name=values.get("name", ""),
        description=values.get("description", ""),
        admin_state_up=values.get("admin_state_up", True),
        status="ACTIVE",
        gateway_port_id=None,
        gateway_network_id=None,
        enable_snat=True,
        routes=[],
    )
    if values.get("external_gateway_info"):
        gateways.attach(tx, caller, store.get(tx, id), values["external_gateway_info"])
    realise.router(tx, id)
    return store.get(tx, id)


def update(tx: Tx, caller: Caller, id: str, values: Values) -> Router:
    """Change a router. Raises NotFound, Forbidden, Invalid for routes that lead nowhere, Conflict for a gateway in use."""
    router = get(tx, caller, id)
    access.demand(caller, "update_router", target(router), values)
    return _update(tx, caller, router, values)


def _update(tx: Tx, caller: Caller, router: Router, values: Values) -> Router:
    id = router.id
    tx.lock("router", id)
    if "external_gateway_info" in values:
        info = values["external_gateway_info"]
        if info:
            gateways.attach(tx, caller, router, info)
        else:
            gateways.detach(tx, router)
    columns = {name: values[name] for name in ("name", "description", "admin_state_up") if name in values}
    if "routes" in values:
        columns["routes"] = check_routes(tx, store.get(tx, id), values["routes"] or [])
    store.change(tx, id, **columns)
    realise.router(tx, id)
    return store.get(tx, id)


def add_routes(tx: Tx, caller: Caller, id: str, routes: Sequence[Route]) -> Router:
    """Add routes that are not there yet."""
    router = get(tx, caller, id)
    access.demand(caller, "add_extraroutes", target(router), {})
    new = (one for one in routes if one not in router.routes)
    return _update(tx, caller, router, {"routes": [*router.routes, *new]})


def remove_routes(tx: Tx, caller: Caller, id: str, routes: Sequence[Route]) -> Router:
    """Take routes away; those that are not there are taken for gone."""
    router = get(tx, caller, id)
    access.demand(caller, "remove_extraroutes", target(router), {})
    return _update(tx, caller, router, {"routes": [one for one in router.routes if one not in routes]})


def check_routes(tx: Tx, router: Router, routes: Sequence[Route]) -> list[Route]:
    """The routes, when every next hop is on a network of the router's and none is the router itself. Raises Invalid."""
    if len(routes) > MOST_ROUTES:
        raise Invalid(
            f"Unable to complete operation for {router.id}. The number of routes exceeds the maximum {MOST_ROUTES}.",
            name="RoutesExhausted",
        )
    legs = [one for port in ports.of_device(tx, router.id, *ROUTER_OWNERS) for one in port.fixed_ips]
    ranges = [subnet.network for subnet in subnets.by_id(tx, (one.subnet_id for one in legs)).values()]
    own = {one.ip_address for one in legs}
    for route in routes:
        hop = ipaddress.ip_address(route["nexthop"])
        if not any(hop.version == network.version and hop in network for network in ranges):
            raise _wrong_routes(routes, "the nexthop is not connected with router")
        if str(hop) in own:
            raise _wrong_routes(routes, "the nexthop is used by router")
    return [{"destination": route["destination"], "nexthop": route["nexthop"]} for route in routes]


def _wrong_routes(routes: Sequence[Route], why: str) -> Invalid:
    shown = ", ".join(
        f"{{'destination': '{route['destination']}', 'nexthop': '{route['nexthop']}'}}" for route in routes
    )
    return Invalid(f"Invalid format for routes: [{shown}], {why}", name="InvalidRoutes")


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Remove a router with its gateway. Raises NotFound, Forbidden, Conflict naming the interfaces it still has."""
    router = get(tx, caller, id)
    access.demand(caller, "delete_router", target(router))
    tx.lock("router", id)
    legs = ports.of_device(tx, id, INTERFACE)
    if legs:
        raise faults.router_in_use(id, f"has ports still attached: {', '.join(port.id for port in legs)}")
    gateways.detach(tx, router)
    store.remove(tx, id)
    realise.router(tx, id)
