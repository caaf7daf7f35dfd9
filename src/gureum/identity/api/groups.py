"""Groups, and who is in them."""

from typing import Any

from gureum.identity.api import lists
from gureum.identity.service import groups
from gureum.identity.wire import groups as wire
from gureum.identity.wire import users as users_wire
from gureum.kernel.http import Answer, Call, Routes, no_content

routes = Routes(most_bytes=lists.MOST_BYTES)
_MEMBER = "/v3/groups/{group_id}/users/{user_id}"


@routes.get("/v3/groups", "identity:list_groups")
def index(call: Call) -> dict[str, Any]:
    """The groups."""
    lists.sort_direction(call)
    listing = lists.asked(call, ("name", "domain_id"))
    found = groups.search(call.tx, call.caller, listing)
    return lists.render(call, "groups", [wire.show(one, call.base_url) for one in found], listing)


@routes.post("/v3/groups", "identity:create_group", body=wire.CREATE, status=201)
def create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Make a group."""
    return {"group": wire.show(groups.create(call.tx, call.caller, body["group"]), call.base_url)}


@routes.get("/v3/groups/{group_id}", "identity:get_group")
def show(call: Call, group_id: str) -> dict[str, Any]:
    """One group."""
    return {"group": wire.show(groups.get(call.tx, call.caller, group_id), call.base_url)}


@routes.patch("/v3/groups/{group_id}", "identity:update_group", body=wire.UPDATE)
def update(call: Call, group_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change a group."""
    return {"group": wire.show(groups.update(call.tx, call.caller, group_id, body["group"]), call.base_url)}


@routes.delete("/v3/groups/{group_id}", "identity:delete_group")
def delete(call: Call, group_id: str) -> None:
    """Forget a group."""
    groups.delete(call.tx, call.caller, group_id)


@routes.get("/v3/groups/{group_id}/users", "identity:list_users_in_group")
def members(call: Call, group_id: str) -> dict[str, Any]:
    """The users in a group."""
    listing = lists.asked(call, ("name", "domain_id"), ("enabled",))
    found = groups.members(call.tx, call.caller, group_id, listing)
    return lists.render(call, "users", [users_wire.show(one, call.base_url) for one in found], listing)


@routes.get("/v3/users/{user_id}/groups", "identity:list_groups_for_user")
def of_user(call: Call, user_id: str) -> dict[str, Any]:
    """The groups that a user is in."""
    listing = lists.asked(call, ("name",))
    found = groups.of_user(call.tx, call.caller, user_id, listing)
    return lists.render(call, "groups", [wire.show(one, call.base_url, of_user=True) for one in found], listing)


@routes.put(_MEMBER, "identity:add_user_to_group")
def join(call: Call, group_id: str, user_id: str) -> Answer:
    """Put a user into a group."""
    groups.join(call.tx, call.caller, group_id, user_id)
    return no_content()


@routes.get(_MEMBER, "identity:check_user_in_group")
def check(call: Call, group_id: str, user_id: str) -> Answer:
    """Whether a user is in a group."""
    groups.check(call.tx, call.caller, group_id, user_id)
    return no_content()


@routes.delete(_MEMBER, "identity:remove_user_from_group")
def leave(call: Call, group_id: str, user_id: str) -> None:
    """Take a user out of a group."""
    groups.leave(call.tx, call.caller, group_id, user_id)
