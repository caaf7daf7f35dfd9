"""Tokens and the catalog as they are shown."""

from typing import Any

from gureum.identity.service.tokens import Token
from gureum.identity.store.catalog import Endpoint
from gureum.kernel.clock import iso_micros


def show(token: Token, catalog: list[dict[str, Any]] | None) -> dict[str, Any]:
    """A token as its owner sees it; without `catalog` where none was wanted or the token is unscoped."""
    caller, payload = token.caller, token.payload
    body: dict[str, Any] = {
        "methods": list(payload.methods),
        "user": {
            "domain": {"id": caller.user_domain_id, "name": caller.user_domain_name},
            "id": caller.user_id,
            "name": caller.user_name,
            "password_expires_at": iso_micros(token.password_expires_at),
        },
        "audit_ids": list(payload.audit_ids),
        "expires_at": iso_micros(payload.expires_at, "Z"),
        "issued_at": iso_micros(payload.issued_at, "Z"),
    }
    if payload.scope == "project":
        body["project"] = {
            "domain": {"id": caller.project_domain_id, "name": caller.project_domain_name},
            "id": caller.project_id,
            "name": caller.project_name,
        }
        body["is_domain"] = False
    elif payload.scope == "domain":
        body["domain"] = {"id": caller.domain_id, "name": caller.domain_name}
    elif payload.scope == "system":
        body["system"] = {"all": True}
    if payload.scope != "unscoped":
        body["roles"] = [{"id": id, "name": name} for id, name in token.roles]
        if catalog is not None:
            body["catalog"] = catalog
    return {"token": body}


def show_catalog(endpoints: list[Endpoint], root_url: str, project_id: str | None) -> list[dict[str, Any]]:
    """The catalog, with addresses built on the one that the client used."""
    services: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        if "$(" in endpoint.url or "%(" in endpoint.url:
            if project_id is None:
                continue
        url = endpoint.url.replace("$(project_id)s", project_id or "").replace("%(project_id)s", project_id or "")
        url = url.replace("$(tenant_id)s", project_id or "").replace("%(tenant_id)s", project_id or "")
        service = services.setdefault(
            endpoint.service_id,
            {
                "endpoints": [],
                "id": endpoint.service_id,
                "type": endpoint.service_type,
                "name": endpoint.service_name,
            },
        )
        service["endpoints"].append(
            {
                "id": endpoint.id,
                "interface": endpoint.interface,
                "region_id": endpoint.region_id,
                "url": root_url + url if url.startswith("/") else url,
                "region": endpoint.region_id,
            }
        )
    return list(services.values())
