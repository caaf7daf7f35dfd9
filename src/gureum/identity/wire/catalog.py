"""Regions, services, endpoints and the catalog on the wire."""

from typing import Any

from gureum.identity.catalog import Endpoint, Region, Service, filled
from gureum.identity.wire import shapes

_REGION = {
    "description": shapes.text(255, null=True),
    "parent_region_id": shapes.text(255, 1, null=True),
    "id": shapes.text(255, null=True),
}
CREATE_REGION = shapes.wrapped("region", _REGION)
UPDATE_REGION = shapes.wrapped("region", _REGION, least=1)

_SERVICE = {"name": shapes.text(255, 1), "type": shapes.text(255, 1), "enabled": {"type": "boolean"}}
CREATE_SERVICE = shapes.wrapped("service", _SERVICE, required=("type",))
UPDATE_SERVICE = shapes.wrapped("service", _SERVICE, least=1)

_ENDPOINT = {
    "enabled": {"type": "boolean"},
    "interface": {"type": "string", "enum": ["admin", "internal", "public"]},
    "region_id": shapes.TEXT_OR_NULL,
    "region": shapes.TEXT_OR_NULL,
    "service_id": shapes.TEXT,
    "name": shapes.TEXT,
    "description": shapes.TEXT_OR_NULL,
    "url": {"type": "string", "minLength": 0, "maxLength": 225, "pattern": "^[a-zA-Z0-9+.-]+:.+"},
}
CREATE_ENDPOINT = shapes.wrapped("endpoint", _ENDPOINT, required=("interface", "service_id", "url"), strange_first=True)
UPDATE_ENDPOINT = shapes.wrapped("endpoint", _ENDPOINT, least=1)


def show_region(region: Region, base_url: str) -> dict[str, Any]:
    """A region as it is shown."""
    return region.extra | {
        "id": region.id,
        "description": region.description,
        "parent_region_id": region.parent_region_id,
        "links": {"self": f"{base_url}/v3/regions/{region.id}"},
    }


def show_service(service: Service, base_url: str) -> dict[str, Any]:
    """A service as it is shown."""
    named = {} if service.name is None else {"name": service.name}
    return (
        named
        | service.extra
        | {
            "id": service.id,
            "type": service.type,
            "enabled": service.enabled,
            "links": {"self": f"{base_url}/v3/services/{service.id}"},
        }
    )


def show_endpoint(endpoint: Endpoint, base_url: str, root_url: str) -> dict[str, Any]:
    """An endpoint as it is shown."""
    return endpoint.extra | {
        "id": endpoint.id,
        "interface": endpoint.interface,
        "region_id": endpoint.region_id,
        "service_id": endpoint.service_id,
        "url": endpoint.address(root_url),
        "enabled": endpoint.enabled,
        "region": endpoint.region_id,
        "links": {"self": f"{base_url}/v3/endpoints/{endpoint.id}"},
    }


def show_catalog(
    offered: list[tuple[Service, list[Endpoint]]], root_url: str, project_id: str | None, user_id: str
) -> list[dict[str, Any]]:
    """The catalog for a scope, with addresses built on the one that the client used."""
    shown: list[dict[str, Any]] = []
    for service, endpoints in offered:
        listed: list[dict[str, Any]] = []
        for endpoint in endpoints:
            url = filled(endpoint.address(root_url), project_id, user_id)
            if url is not None:
                listed.append(_offer(endpoint, url))
        shown.append({"endpoints": listed, "id": service.id, "type": service.type, "name": service.name or ""})
    return shown


def _offer(endpoint: Endpoint, url: str) -> dict[str, Any]:
    return endpoint.extra | {
        "id": endpoint.id,
        "interface": endpoint.interface,
        "region_id": endpoint.region_id,
        "url": url,
        "region": endpoint.region_id,
    }
