"""Roles, and what they imply."""

from typing import Any

from gureum.identity.api import lists
from gureum.identity.service import roles
from gureum.identity.wire import roles as wire
from gureum.kernel.http import Answer, Call, Routes, no_content

routes = Routes(most_bytes=lists.MOST_BYTES)
_INFERENCE = "/v3/roles/{prior_role_id}/implies/{implied_role_id}"


@routes.get("/v3/roles", "identity:list_roles")
def index(call: Call) -> dict[str, Any]:
    """The roles of a domain, or those of none."""
    listing = lists.asked(call)
    found = roles.search(call.tx, call.caller, listing, call.one("domain_id"))
    return lists.render(call, "roles", [wire.show(one, call.base_url) for one in found], listing)


@routes.post("/v3/roles", "identity:create_role", body=wire.CREATE, status=201)
def create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Make a role."""
    return {"role": wire.show(roles.create(call.tx, call.caller, body["role"]), call.base_url)}


@routes.get("/v3/roles/{role_id}", "identity:get_role")
def show(call: Call, role_id: str) -> dict[str, Any]:
    """One role."""
    return {"role": wire.show(roles.get(call.tx, call.caller, role_id), call.base_url)}


@routes.patch("/v3/roles/{role_id}", "identity:update_role", body=wire.UPDATE)
def update(call: Call, role_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change a role."""
    return {"role": wire.show(roles.update(call.tx, call.caller, role_id, body["role"]), call.base_url)}


@routes.delete("/v3/roles/{role_id}", "identity:delete_role")
def delete(call: Call, role_id: str) -> None:
    """Forget a role."""
    roles.delete(call.tx, call.caller, role_id)


@routes.get("/v3/roles/{prior_role_id}/implies", "identity:list_implied_roles")
def implied(call: Call, prior_role_id: str) -> dict[str, Any]:
    """What a role implies."""
    prior, others = roles.implied(call.tx, call.caller, prior_role_id)
    shown = wire.show_inference(prior, others, call.base_url)
    return {"role_inference": shown, "links": {"self": lists.own_link(call)}}


@routes.get(_INFERENCE, "identity:get_implied_role")
def inference(call: Call, prior_role_id: str, implied_role_id: str) -> dict[str, Any]:
    """One implication."""
    pair = roles.inference(call.tx, call.caller, prior_role_id, implied_role_id, "get_implied_role")
    return _shown(call, *pair)


@routes.add("HEAD", _INFERENCE, "identity:check_implied_role")
def check_inference(call: Call, prior_role_id: str, implied_role_id: str) -> Answer:
    """Whether a role implies another."""
    roles.inference(call.tx, call.caller, prior_role_id, implied_role_id, "check_implied_role")
    return no_content()


@routes.put(_INFERENCE, "identity:create_implied_role", status=201)
def imply(call: Call, prior_role_id: str, implied_role_id: str) -> dict[str, Any]:
    """Have a role imply another."""
    return _shown(call, *roles.imply(call.tx, call.caller, prior_role_id, implied_role_id))


@routes.delete(_INFERENCE, "identity:delete_implied_role")
def imply_no_more(call: Call, prior_role_id: str, implied_role_id: str) -> None:
    """Take an implication away."""
    roles.imply_no_more(call.tx, call.caller, prior_role_id, implied_role_id)


@routes.get("/v3/role_inferences", "identity:list_role_inference_rules")
def inferences(call: Call) -> dict[str, Any]:
    """Every implication, by the role that implies."""
    found = roles.inferences(call.tx, call.caller)
    return {"role_inferences": [wire.show_inference(prior, others, call.base_url) for prior, others in found]}


def _shown(call: Call, prior: Any, implied: Any) -> dict[str, Any]:
    shown = wire.show_inference(prior, implied, call.base_url)
    return {"role_inference": shown, "links": {"self": lists.own_link(call)}}
