"""Roles, and what they imply."""

from collections.abc import Mapping
from typing import Any

from gureum.identity.role import FORMER_MEMBER, Role
from gureum.identity.service import allowed, removal
from gureum.identity.store import projects
from gureum.identity.store import roles as store
from gureum.identity.store.listing import Listing
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Forbidden, Invalid, NotFound
from gureum.kernel.ids import new_hex
from gureum.kernel.store.tx import Tx

_KNOWN = ("name", "domain_id", "description", "options")
NEVER_IMPLIED = "admin"
"""No role may imply this one."""


def get(tx: Tx, caller: Caller, id: str) -> Role:
    """A role; `_member_` stands for `member` where nothing is called so."""
    found = store.find(tx, id) or (store.find_by_name(tx, id) if id == FORMER_MEMBER else None)
    _demand(caller, "get", found)
    return found or store.get(tx, id)


def search(tx: Tx, caller: Caller, listing: Listing, domain_id: str | None) -> list[Role]:
    """The roles of a domain, or those of none."""
    allowed.demand(caller, "list_domain_roles" if domain_id else "list_roles", {"target.role.domain_id": domain_id})
    found = store.search(tx, listing, domain_id)
    return found if found else _by_former_name(tx, listing, domain_id)


def _by_former_name(tx: Tx, listing: Listing, domain_id: str | None) -> list[Role]:
    names = [one.value for one in listing.conditions if one.column == "name" and one.comparison == "equals"]
    if domain_id is not None or names != [FORMER_MEMBER]:
        return []
    found = store.find_by_name(tx, FORMER_MEMBER)
    return [] if found is None else [found]


def create(tx: Tx, caller: Caller, asked: Mapping[str, Any]) -> Role:
    """Make a role. Raises Conflict for a name that exists, NotFound for a domain that is not there."""
    domain_id = asked.get("domain_id")
    role = Role(
        id=new_hex(),
        name=asked["name"],
        domain_id=domain_id,
        description=asked.get("description"),
        options=allowed.merged_options({}, asked.get("options")),
        extra=allowed.extra_of(asked, *_KNOWN),
    )
    _demand(caller, "create", role)
    if domain_id is not None:
        projects.get(tx, domain_id, domain=True)
    _must_be_free(tx, role.name, domain_id)
    store.add(tx, role)
    return role


def update(tx: Tx, caller: Caller, id: str, asked: Mapping[str, Any]) -> Role:
    """Change a role. Raises Forbidden for one that is immutable."""
    role = _changeable(tx, caller, "update", id)
    allowed.must_be_mutable("role", "update", role, asked)
    allowed.must_keep(asked, id=id)
    if asked.get("domain_id", role.domain_id) != role.domain_id:
        raise Invalid("The domain_id of a role cannot be changed.")
    values: dict[str, Any] = {name: asked[name] for name in ("name", "description") if name in asked}
    if values.get("name", role.name) != role.name:
        _must_be_free(tx, values["name"], role.domain_id)
    values["options"] = allowed.merged_options(role.options, asked.get("options"))
    values["extra"] = role.extra | allowed.extra_of(asked, *_KNOWN)
    store.change(tx, id, **values)
    return store.get(tx, id)


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Forget a role, and take it from everybody. Raises Forbidden for one that is immutable."""
    role = _changeable(tx, caller, "delete", id)
    allowed.must_be_mutable("role", "delete", role)
    removal.forget_role(tx, id)


def implied(tx: Tx, caller: Caller, prior_id: str) -> tuple[Role, list[Role]]:
    """A role and those that it implies directly."""
    allowed.demand(caller, "list_implied_roles")
    prior = store.get(tx, prior_id)
    return prior, store.named(tx, set(store.implications(tx).get(prior_id, ())))


def inference(tx: Tx, caller: Caller, prior_id: str, implied_id: str, rule: str) -> tuple[Role, Role]:
    """The two roles of an implication. Raises NotFound where the first does not imply the second."""
    allowed.demand(caller, rule)
    prior, other = store.get(tx, prior_id), store.get(tx, implied_id)
    if implied_id not in store.implications(tx).get(prior_id, ()):
        raise NotFound(f"{prior_id} does not imply {implied_id}.")
    return prior, other


def imply(tx: Tx, caller: Caller, prior_id: str, implied_id: str) -> tuple[Role, Role]:
    """Have a role imply another. Raises Forbidden for admin, Conflict for a circle."""
    allowed.demand(caller, "create_implied_role")
    prior, other = store.get(tx, prior_id), store.get(tx, implied_id)
    if other.name == NEVER_IMPLIED:
        raise Forbidden(f"{implied_id} cannot be an implied roles.")
    if prior_id in store.with_implied(tx, {implied_id}):
        raise Forbidden(f"{implied_id} cannot be an implied roles.")
    store.imply(tx, prior_id, implied_id)
    return prior, other


def imply_no_more(tx: Tx, caller: Caller, prior_id: str, implied_id: str) -> None:
    """Take an implication away."""
    inference(tx, caller, prior_id, implied_id, "delete_implied_role")
    store.imply_no_more(tx, prior_id, implied_id)


def inferences(tx: Tx, caller: Caller) -> list[tuple[Role, list[Role]]]:
    """Every role that implies others, with those that it implies directly."""
    allowed.demand(caller, "list_role_inference_rules")
    implied = store.implications(tx)
    everything = {
        role.id: role for role in store.named(tx, {*implied, *(id for ids in implied.values() for id in ids)})
    }
    return [(everything[prior], [everything[id] for id in ids]) for prior, ids in implied.items()]


def _changeable(tx: Tx, caller: Caller, verb: str, id: str) -> Role:
    _demand(caller, verb, store.find(tx, id))
    return store.get(tx, id)


def _demand(caller: Caller, verb: str, role: Role | None) -> None:
    target = allowed.about("role", role)
    if role is None or role.domain_id is None:
        allowed.demand(caller, f"{verb}_role", target | ({"target.role.name": role.name} if role else {}))
    else:
        allowed.demand(caller, f"{verb}_domain_role", target)


def _must_be_free(tx: Tx, name: str, domain_id: str | None) -> None:
    present = store.find_by_name(tx, name, domain_id)
    if present is not None and present.name == name:
        raise Conflict(f"Duplicate entry found with name {name}.", store="role")
