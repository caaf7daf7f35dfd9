"""Services and endpoints."""

from typing import Any

from gureum.identity.api import lists
from gureum.identity.catalog import Endpoint, Service
from gureum.identity.service import catalog
from gureum.identity.wire import catalog as wire
from gureum.kernel.http import Call, Routes

routes = Routes(most_bytes=lists.MOST_BYTES)


def _service(call: Call, service: Service) -> dict[str, Any]:
    return {"service": wire.show_service(service, call.base_url)}


def _endpoint(call: Call, endpoint: Endpoint) -> dict[str, Any]:
    return {"endpoint": wire.show_endpoint(endpoint, call.base_url, call.root_url)}


@routes.get("/v3/services", "identity:list_services")
def services(call: Call) -> dict[str, Any]:
    """The services."""
    listing = lists.asked(call, ("name", "type"))
    found = catalog.services(call.tx, call.caller, listing)
    return lists.render(call, "services", [wire.show_service(one, call.base_url) for one in found], listing)


@routes.post("/v3/services", "identity:create_service", body=wire.CREATE_SERVICE, status=201)
def create_service(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Make a service."""
    return _service(call, catalog.create_service(call.tx, call.caller, body["service"]))


@routes.get("/v3/services/{service_id}", "identity:get_service")
def show_service(call: Call, service_id: str) -> dict[str, Any]:
    """One service."""
    return _service(call, catalog.get_service(call.tx, call.caller, service_id))


@routes.patch("/v3/services/{service_id}", "identity:update_service", body=wire.UPDATE_SERVICE)
def update_service(call: Call, service_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change a service."""
    return _service(call, catalog.update_service(call.tx, call.caller, service_id, body["service"]))


@routes.delete("/v3/services/{service_id}", "identity:delete_service")
def delete_service(call: Call, service_id: str) -> None:
    """Forget a service and its endpoints."""
    catalog.delete_service(call.tx, call.caller, service_id)


@routes.get("/v3/endpoints", "identity:list_endpoints")
def endpoints(call: Call) -> dict[str, Any]:
    """The endpoints."""
    listing = lists.asked(call, ("interface", "service_id", "region_id"))
    found = catalog.endpoints(call.tx, call.caller, listing)
    shown = [wire.show_endpoint(one, call.base_url, call.root_url) for one in found]
    return lists.render(call, "endpoints", shown, listing)


@routes.post("/v3/endpoints", "identity:create_endpoint", body=wire.CREATE_ENDPOINT, status=201)
def create_endpoint(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Make an endpoint."""
    return _endpoint(call, catalog.create_endpoint(call.tx, call.caller, body["endpoint"]))


@routes.get("/v3/endpoints/{endpoint_id}", "identity:get_endpoint")
def show_endpoint(call: Call, endpoint_id: str) -> dict[str, Any]:
    """One endpoint."""
    return _endpoint(call, catalog.get_endpoint(call.tx, call.caller, endpoint_id))


@routes.patch("/v3/endpoints/{endpoint_id}", "identity:update_endpoint", body=wire.UPDATE_ENDPOINT)
def update_endpoint(call: Call, endpoint_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change an endpoint."""
    return _endpoint(call, catalog.update_endpoint(call.tx, call.caller, endpoint_id, body["endpoint"]))


@routes.delete("/v3/endpoints/{endpoint_id}", "identity:delete_endpoint")
def delete_endpoint(call: Call, endpoint_id: str) -> None:
    """Forget an endpoint."""
    catalog.delete_endpoint(call.tx, call.caller, endpoint_id)
