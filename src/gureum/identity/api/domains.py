"""Domains."""

from typing import Any

from gureum.identity.api import lists
from gureum.identity.service import domains
from gureum.identity.wire import domains as wire
from gureum.identity.wire import shapes
from gureum.kernel.http import Call, Routes

routes = Routes(most_bytes=lists.MOST_BYTES)


@routes.get("/v3/domains", "identity:list_domains")
def index(call: Call) -> dict[str, Any]:
    """The domains."""
    listing = lists.asked(call, ("name",), ("enabled",))
    found = domains.search(call.tx, call.caller, listing)
    return lists.render(call, "domains", [wire.show(one, call.base_url) for one in found], listing)


@routes.post("/v3/domains", "identity:create_domain", body=wire.CREATE, status=201)
def create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Make a domain."""
    return {"domain": wire.show(domains.create(call.tx, call.caller, _spelled(body)), call.base_url)}


@routes.get("/v3/domains/{domain_id}", "identity:get_domain")
def show(call: Call, domain_id: str) -> dict[str, Any]:
    """One domain."""
    return {"domain": wire.show(domains.get(call.tx, call.caller, domain_id), call.base_url)}


@routes.patch("/v3/domains/{domain_id}", "identity:update_domain", body=wire.UPDATE)
def update(call: Call, domain_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change a domain."""
    return {"domain": wire.show(domains.update(call.tx, call.caller, domain_id, _spelled(body)), call.base_url)}


@routes.delete("/v3/domains/{domain_id}", "identity:delete_domain")
def delete(call: Call, domain_id: str) -> None:
    """Forget a disabled domain and everything in it."""
    domains.delete(call.tx, call.caller, domain_id)


def _spelled(body: dict[str, Any]) -> dict[str, Any]:
    asked: dict[str, Any] = body["domain"]
    return asked | {"enabled": shapes.truth(asked["enabled"])} if "enabled" in asked else asked
