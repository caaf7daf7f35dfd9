"""Groups, and who is in them."""

from collections.abc import Mapping
from typing import Any

from gureum.identity.group import Group
from gureum.identity.service import allowed, removal
from gureum.identity.service.users import home_domain
from gureum.identity.store import groups as store
from gureum.identity.store import projects, users
from gureum.identity.store.listing import Listing
from gureum.identity.user import User
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, NotFound
from gureum.kernel.ids import new_hex
from gureum.kernel.store.tx import Tx

_KNOWN = ("name", "domain_id", "description")


def get(tx: Tx, caller: Caller, id: str) -> Group:
    """A group. Raises NotFound, or Forbidden for one that the caller may not see."""
    return _of(tx, caller, "get_group", id)


def search(tx: Tx, caller: Caller, listing: Listing) -> list[Group]:
    """The groups that a list request means; with a domain's token, those of that domain."""
    allowed.demand(caller, "list_groups", {"target.group.domain_id": caller.domain_id} if caller.domain_id else None)
    if caller.domain_id is not None:
        listing = listing.where("domain_id", caller.domain_id)
    return store.search(tx, listing)


def of_user(tx: Tx, caller: Caller, user_id: str, listing: Listing) -> list[Group]:
    """The groups that a user is in."""
    target = allowed.about("user", users.find(tx, user_id))
    allowed.demand(caller, "list_groups_for_user", target | {"user_id": user_id})
    users.get(tx, user_id)
    if caller.domain_id is not None:
        listing = listing.where("domain_id", caller.domain_id)
    return store.search(tx, listing, member=user_id)


def create(tx: Tx, caller: Caller, asked: Mapping[str, Any]) -> Group:
    """Make a group. Raises NotFound for a domain that is not there, Conflict for a name that the domain has."""
    group = Group(
        id=new_hex(),
        name=asked["name"],
        domain_id=home_domain(caller, asked),
        description=asked.get("description", ""),
        extra=allowed.extra_of(asked, *_KNOWN),
    )
    allowed.demand(caller, "create_group", allowed.about("group", group))
    projects.get(tx, group.domain_id, domain=True)
    _must_be_free(tx, group.name, group.domain_id)
    store.add(tx, group)
    return group


def update(tx: Tx, caller: Caller, id: str, asked: Mapping[str, Any]) -> Group:
    """Change a group."""
    group = _of(tx, caller, "update_group", id)
    allowed.must_keep(asked, id=id, domain_id=group.domain_id)
    values: dict[str, Any] = {name: asked[name] for name in ("name", "description") if name in asked}
    if values.get("name", group.name) != group.name:
        _must_be_free(tx, values["name"], group.domain_id)
    store.change(tx, id, **values, extra=group.extra | allowed.extra_of(asked, *_KNOWN))
    return store.get(tx, id)


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Forget a group and its roles."""
    _of(tx, caller, "delete_group", id)
    removal.forget_group(tx, id)


def members(tx: Tx, caller: Caller, id: str, listing: Listing) -> list[User]:
    """The users in a group."""
    _of(tx, caller, "list_users_in_group", id)
    return store.members(tx, id, listing)


def join(tx: Tx, caller: Caller, id: str, user_id: str) -> None:
    """Put a user into a group; nothing when they are in it."""
    _demand_pair(tx, caller, "add_user_to_group", id, user_id)
    store.join(tx, id, user_id)


def leave(tx: Tx, caller: Caller, id: str, user_id: str) -> None:
    """Take a user out of a group. Raises NotFound when they are not in it."""
    _demand_pair(tx, caller, "remove_user_from_group", id, user_id)
    if not store.leave(tx, id, user_id):
        raise _not_in(id, user_id)


def check(tx: Tx, caller: Caller, id: str, user_id: str) -> None:
    """Raise NotFound when a user is not in a group."""
    _demand_pair(tx, caller, "check_user_in_group", id, user_id)
    if not store.has(tx, id, user_id):
        raise _not_in(id, user_id)


def _not_in(id: str, user_id: str) -> NotFound:
    return NotFound(f"Could not find user '{user_id}' in group '{id}'.")


def _demand_pair(tx: Tx, caller: Caller, rule: str, id: str, user_id: str) -> None:
    target = allowed.about("group", store.find(tx, id)) | allowed.about("user", users.find(tx, user_id))
    allowed.demand(caller, rule, target)
    users.get(tx, user_id)
    store.get(tx, id)


def _of(tx: Tx, caller: Caller, rule: str, id: str) -> Group:
    allowed.demand(caller, rule, allowed.about("group", store.find(tx, id)))
    return store.get(tx, id)


def _must_be_free(tx: Tx, name: str, domain_id: str) -> None:
    if store.find_by_name(tx, name, domain_id) is not None:
        raise Conflict(f"Duplicate entry found with name {name} at domain ID {domain_id}.", store="group")
