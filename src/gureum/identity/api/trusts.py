"""Trusts."""

from typing import Any

from gureum.identity.api import lists
from gureum.identity.service import trusts
from gureum.identity.trust import Trust
from gureum.identity.wire import roles as roles_wire
from gureum.identity.wire import shapes
from gureum.identity.wire import trusts as wire
from gureum.kernel.http import Call, Routes

routes = Routes(most_bytes=lists.MOST_BYTES)
_ALL = "/v3/OS-TRUST/trusts"
_ONE = "/v3/OS-TRUST/trusts/{trust_id}"


@routes.get(_ALL, "identity:list_trusts")
def index(call: Call) -> dict[str, Any]:
    """The trusts of a trustor, of a trustee, or all of them."""
    parties = {name: call.one(name) for name in ("trustor_user_id", "trustee_user_id")}
    found = trusts.search(call.tx, call.caller, **parties)
    return lists.render(call, "trusts", [wire.brief(one, call.base_url) for one in found])


@routes.post(_ALL, "identity:create_trust", body=wire.CREATE, status=201)
def create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Trust somebody."""
    asked: dict[str, Any] = body["trust"]
    asked |= {"impersonation": shapes.truth(asked["impersonation"])}
    return _shown(call, trusts.create(call.tx, call.caller, asked))


@routes.get(_ONE, "identity:get_trust")
def show(call: Call, trust_id: str) -> dict[str, Any]:
    """One trust."""
    return _shown(call, trusts.get(call.tx, call.caller, trust_id))


@routes.delete(_ONE, "identity:delete_trust")
def delete(call: Call, trust_id: str) -> None:
    """Trust them no more."""
    trusts.delete(call.tx, call.caller, trust_id)


@routes.get(f"{_ONE}/roles", "identity:list_roles_for_trust")
def roles(call: Call, trust_id: str) -> dict[str, Any]:
    """The roles that a trust gives."""
    trust = trusts.get(call.tx, call.caller, trust_id, "list_roles_for_trust")
    found = [roles_wire.show(one, call.base_url) for one in trusts.roles_of(call.tx, trust)]
    links = {"self": f"{call.base_url}/v3/{trust.id}/roles", "next": None, "previous": None}
    return {"roles": found, "links": links}


@routes.get(f"{_ONE}/roles/{{role_id}}", "identity:get_role_for_trust")
def role(call: Call, trust_id: str, role_id: str) -> dict[str, Any]:
    """One of them."""
    return {"role": roles_wire.show(trusts.role_of(call.tx, call.caller, trust_id, role_id), call.base_url)}


def _shown(call: Call, trust: Trust) -> dict[str, Any]:
    return {"trust": wire.show(trust, trusts.roles_of(call.tx, trust), call.base_url)}
