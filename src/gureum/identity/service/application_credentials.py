"""Application credentials, and the access rules that they refer to."""

from collections.abc import Mapping
from typing import Any

from gureum.identity.application_credential import AccessRule, ApplicationCredential
from gureum.identity.role import Role
from gureum.identity.service import allowed
from gureum.identity.service.proof import instant
from gureum.identity.store import application_credentials as store
from gureum.identity.store import roles
from gureum.identity.store.listing import EVERYTHING, Listing
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Forbidden, Invalid, NotFound
from gureum.kernel.ids import new_hex
from gureum.kernel.store.tx import Tx

_UNASSIGNED = "Invalid application credential: Cannot create an application credential with unassigned role"


def get(tx: Tx, caller: Caller, user_id: str, id: str) -> ApplicationCredential:
    """An application credential of a user. Raises NotFound."""
    allowed.demand(caller, "get_application_credential", {"user_id": user_id})
    return _of(tx, user_id, id)


def search(tx: Tx, caller: Caller, user_id: str, listing: Listing) -> list[ApplicationCredential]:
    """The application credentials of a user."""
    allowed.demand(caller, "list_application_credentials", {"user_id": user_id})
    return store.search(tx, listing.where("user_id", user_id))


def may_create(caller: Caller, user_id: str) -> None:
    """Raise Forbidden unless the caller may make one: to be asked before a secret is hashed."""
    allowed.demand(caller, "create_application_credential", {"user_id": user_id})
    _must_not_be_restricted(caller)
    if caller.project_id is None:
        raise Forbidden("A project-scoped token is required to create an application credential.")


def create(tx: Tx, caller: Caller, user_id: str, asked: Mapping[str, Any], secret_hash: str) -> ApplicationCredential:
    """Make an application credential for the caller's project, with the roles asked for or all of the caller's.

    Raises Invalid for a role that the caller has not got, Conflict for a name that the user has.
    """
    may_create(caller, user_id)
    if store.find_by_name(tx, user_id, asked["name"]) is not None:
        raise Conflict(f"Duplicate entry found with name {asked['name']}.", store="application_credential")
    credential = ApplicationCredential(
        id=asked.get("id") or new_hex(),
        name=asked["name"],
        description=asked.get("description"),
        user_id=user_id,
        project_id=caller.project_id or "",
        secret_hash=secret_hash,
        expires_at=None if asked.get("expires_at") is None else instant(asked["expires_at"]),
        unrestricted=asked.get("unrestricted"),
        role_ids=_role_ids(tx, caller, asked.get("roles")),
        access_rule_ids=_access_rule_ids(tx, user_id, asked.get("access_rules")),
    )
    store.add(tx, credential)
    return credential


def _role_ids(tx: Tx, caller: Caller, asked: list[dict[str, str]] | None) -> list[str]:
    own = {role.id: role for role in (roles.find_by_name(tx, name) for name in caller.roles) if role is not None}
    if not asked:
        return list(own)
    wanted: list[str] = []
    for one in asked:
        if "id" in one:
            wanted.append(one["id"])
            continue
        named = roles.find_by_name(tx, one["name"])
        if named is None:
            raise NotFound(f"Role {one['name']} is not defined")
        wanted.append(named.id)
    if not set(wanted) <= set(own):
        raise Invalid(_UNASSIGNED)
    return list(dict.fromkeys(wanted))


def _access_rule_ids(tx: Tx, user_id: str, asked: list[dict[str, str]] | None) -> list[str] | None:
    """The ids of the rules asked for, by id or by content; rules are kept for the user to be used again."""
    found: list[str] = []
    for one in asked or ():
        if "id" in one:
            if store.find_rule(tx, user_id, one["id"]) is None:
                raise NotFound(f"Could not find Access Rule: {one['id']}.")
            found.append(one["id"])
            continue
        if not {"service", "method", "path"} <= set(one):
            raise Invalid(f"An access rule needs service, method and path: {one}")
        present = store.same_rule(tx, user_id, one["service"], one["method"], one["path"])
        rule = present or AccessRule(new_hex(), user_id, one["service"], one["method"], one["path"])
        if present is None:
            store.add_rule(tx, rule)
        found.append(rule.id)
    return list(dict.fromkeys(found)) or None


def delete(tx: Tx, caller: Caller, user_id: str, id: str) -> None:
    """Forget an application credential; its tokens are void."""
    allowed.demand(caller, "delete_application_credential", {"user_id": user_id})
    _must_not_be_restricted(caller)
    _of(tx, user_id, id)
    store.remove(tx, id)


def contents(tx: Tx, credentials: list[ApplicationCredential]) -> tuple[dict[str, Role], dict[str, AccessRule]]:
    """The roles and access rules that application credentials refer to, by id."""
    role_ids = {id for one in credentials for id in one.role_ids}
    rule_ids = [id for one in credentials for id in one.access_rule_ids or ()]
    found = roles.named(tx, role_ids) if role_ids else []
    return {role.id: role for role in found}, store.rules(tx, rule_ids) if rule_ids else {}


def access_rules(tx: Tx, caller: Caller, user_id: str, listing: Listing) -> list[AccessRule]:
    """The access rules of a user."""
    allowed.demand(caller, "list_access_rules", {"target.user.id": user_id})
    return store.search_rules(tx, listing.where("user_id", user_id))


def access_rule(tx: Tx, caller: Caller, user_id: str, id: str, rule: str = "get_access_rule") -> AccessRule:
    """An access rule of a user. Raises NotFound."""
    allowed.demand(caller, rule, {"target.user.id": user_id})
    found = store.find_rule(tx, user_id, id)
    if found is None:
        raise NotFound(f"Could not find Access Rule: {id}.")
    return found


def delete_access_rule(tx: Tx, caller: Caller, user_id: str, id: str) -> None:
    """Forget an access rule. Raises Forbidden while an application credential refers to it."""
    access_rule(tx, caller, user_id, id, "delete_access_rule")
    if any(id in (one.access_rule_ids or ()) for one in store.search(tx, EVERYTHING.where("user_id", user_id))):
        raise Forbidden("May not delete access rule in use")
    store.remove_rule(tx, id)


def _of(tx: Tx, user_id: str, id: str) -> ApplicationCredential:
    found = store.find(tx, id)
    if found is None or found.user_id != user_id:
        raise NotFound(f"Could not find Application Credential: {id}.")
    return found


def _must_not_be_restricted(caller: Caller) -> None:
    made_by = caller.credentials or {}
    if "trust" in made_by:
        raise Forbidden("Using a trust is not allowed for managing application credentials.")
    by = made_by.get("application_credential")
    if by is not None and by["restricted"]:
        raise Forbidden(
            "Using method 'application_credential' is not allowed for managing additional application credentials."
        )
