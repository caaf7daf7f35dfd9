"""Policy documents of other services: kept, and followed by nobody here."""

from typing import Any

from gureum.identity.api import lists
from gureum.identity.service import stored_policies
from gureum.identity.wire import stored_policies as wire
from gureum.kernel.http import Call, Routes

routes = Routes(most_bytes=lists.MOST_BYTES)
_ALL = "/v3/policies"
_ONE = "/v3/policies/{policy_id}"


@routes.get(_ALL, "identity:list_policies")
def index(call: Call) -> dict[str, Any]:
    """The policies."""
    listing = lists.asked(call, ("type",))
    found = stored_policies.search(call.tx, call.caller, listing)
    return lists.render(call, "policies", [wire.show(one, call.base_url) for one in found], listing)


@routes.post(_ALL, "identity:create_policy", body=wire.CREATE, status=201)
def create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Keep a policy."""
    made = stored_policies.create(call.tx, call.caller, body["policy"])
    return {"policy": wire.show(made, call.base_url)}


@routes.get(_ONE, "identity:get_policy")
def show(call: Call, policy_id: str) -> dict[str, Any]:
    """One policy."""
    return {"policy": wire.show(stored_policies.get(call.tx, call.caller, policy_id), call.base_url)}


@routes.patch(_ONE, "identity:update_policy", body=wire.UPDATE)
def update(call: Call, policy_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change a policy."""
    changed = stored_policies.update(call.tx, call.caller, policy_id, body["policy"])
    return {"policy": wire.show(changed, call.base_url)}


@routes.delete(_ONE, "identity:delete_policy")
def delete(call: Call, policy_id: str) -> None:
    """Forget a policy."""
    stored_policies.delete(call.tx, call.caller, policy_id)
