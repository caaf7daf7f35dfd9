"""Tokens and the catalog as they are shown."""

from typing import Any

from gureum.identity.token import Token
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
