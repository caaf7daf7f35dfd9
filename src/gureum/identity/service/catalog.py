"""Services and endpoints."""

from collections.abc import Mapping
from typing import Any

from gureum.identity.catalog import Endpoint, Region, Service, fillable
from gureum.identity.service import allowed
from gureum.identity.store import catalog as store
from gureum.identity.store import epoch
from gureum.identity.store.listing import Listing
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid
from gureum.kernel.ids import new_hex
from gureum.kernel.store.tx import Tx

_SERVICE = ("type", "name", "enabled")
_ENDPOINT = ("service_id", "interface", "url", "region_id", "region", "enabled")
_MALFORMED = (
    "The server could not comply with the request since it is either malformed or otherwise incorrect. "
    "The client is assumed to be in error."
)


def offered(tx: Tx) -> list[tuple[Service, list[Endpoint]]]:
    """What the catalog shows."""
    return epoch.once(tx, "catalog", store.offered)


def get_service(tx: Tx, caller: Caller, id: str) -> Service:
    """A service."""
    allowed.demand(caller, "get_service")
    return store.get_service(tx, id)


def services(tx: Tx, caller: Caller, listing: Listing) -> list[Service]:
    """The services that a list request means."""
    allowed.demand(caller, "list_services")
    return store.search_services(tx, listing)


def create_service(tx: Tx, caller: Caller, asked: Mapping[str, Any]) -> Service:
    """Make a service."""
    allowed.demand(caller, "create_service")
    extra = allowed.extra_of(asked, *_SERVICE)
    service = Service(new_hex(), asked["type"], asked.get("name"), asked.get("enabled", True), extra)
    store.add_service(tx, service)
    return service


def update_service(tx: Tx, caller: Caller, id: str, asked: Mapping[str, Any]) -> Service:
    """Change a service."""
    allowed.demand(caller, "update_service")
    service = store.get_service(tx, id)
    allowed.must_keep(asked, id=id)
    values = {name: asked[name] for name in _SERVICE if name in asked}
    store.change_service(tx, id, **values, extra=service.extra | allowed.extra_of(asked, *_SERVICE))
    return store.get_service(tx, id)


def delete_service(tx: Tx, caller: Caller, id: str) -> None:
    """Forget a service and its endpoints."""
    allowed.demand(caller, "delete_service")
    store.get_service(tx, id)
    store.remove_service(tx, id)


def get_endpoint(tx: Tx, caller: Caller, id: str) -> Endpoint:
    """An endpoint."""
    allowed.demand(caller, "get_endpoint")
    return store.get_endpoint(tx, id)


def endpoints(tx: Tx, caller: Caller, listing: Listing) -> list[Endpoint]:
    """The endpoints that a list request means."""
    allowed.demand(caller, "list_endpoints")
    return store.search_endpoints(tx, listing)


def create_endpoint(tx: Tx, caller: Caller, asked: Mapping[str, Any]) -> Endpoint:
    """Make an endpoint. Raises Invalid for a service or region that is not there, or an address that cannot be filled in."""
    allowed.demand(caller, "create_endpoint")
    endpoint = Endpoint(
        id=new_hex(),
        service_id=asked["service_id"],
        interface=asked["interface"],
        url=asked["url"],
        region_id=_region(tx, asked),
        enabled=asked.get("enabled", True),
        extra=allowed.extra_of(asked, *_ENDPOINT),
    )
    _check(tx, asked)
    store.add_endpoint(tx, endpoint)
    return endpoint


def update_endpoint(tx: Tx, caller: Caller, id: str, asked: Mapping[str, Any]) -> Endpoint:
    """Change an endpoint."""
    allowed.demand(caller, "update_endpoint")
    endpoint = store.get_endpoint(tx, id)
    allowed.must_keep(asked, id=id)
    _check(tx, asked)
    values = {name: asked[name] for name in ("service_id", "interface", "url", "enabled") if name in asked}
    if "region" in asked or "region_id" in asked:
        values["region_id"] = _region(tx, asked)
    store.change_endpoint(tx, id, **values, extra=endpoint.extra | allowed.extra_of(asked, *_ENDPOINT))
    return store.get_endpoint(tx, id)


def delete_endpoint(tx: Tx, caller: Caller, id: str) -> None:
    """Forget an endpoint."""
    allowed.demand(caller, "delete_endpoint")
    store.get_endpoint(tx, id)
    store.remove_endpoint(tx, id)


def _check(tx: Tx, asked: Mapping[str, Any]) -> None:
    if "service_id" in asked and store.find_service(tx, asked["service_id"]) is None:
        raise Invalid(f"Expecting to find endpoint service_id in service table. {_MALFORMED}")
    if "url" in asked and not fillable(asked["url"]):
        raise Invalid(f"Cannot create an endpoint with an invalid URL: {asked['url']}.")


def _region(tx: Tx, asked: Mapping[str, Any]) -> str | None:
    """The region of an endpoint. The older key `region` makes one that is not there."""
    id = asked.get("region_id")
    if id is not None:
        if store.find_region(tx, id) is None:
            raise Invalid(f"Expecting to find endpoint region_id in region table. {_MALFORMED}")
        return id
    name = asked.get("region")
    if name is not None and store.find_region(tx, name) is None:
        store.add_region(tx, Region(name, "", None))
    return name
