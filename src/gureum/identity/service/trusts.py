"""Trusts: made, looked at, used for a token."""

from collections.abc import Mapping
from typing import Any

from gureum.identity.role import Role
from gureum.identity.service import allowed, tokens
from gureum.identity.service.proof import DENIED, MALFORMED, Proven, instant
from gureum.identity.store import projects, roles, users
from gureum.identity.store import trusts as store
from gureum.identity.token import Scope, Token
from gureum.identity.trust import MOST_REDELEGATIONS, Trust
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.clock import Micros
from gureum.kernel.faults import Forbidden, Invalid, NotFound, Unauthenticated
from gureum.kernel.ids import new_hex
from gureum.kernel.store.tx import Tx


def search(tx: Tx, caller: Caller, trustor_user_id: str | None, trustee_user_id: str | None) -> list[Trust]:
    """The trusts of a trustor or a trustee, or with neither all. Raises Forbidden."""
    if trustor_user_id is None and trustee_user_id is None:
        allowed.demand(caller, "list_trusts")
    wanted: dict[str, str] = {}
    for party, id in (("trustor", trustor_user_id), ("trustee", trustee_user_id)):
        if id is not None:
            allowed.demand(caller, f"list_trusts_for_{party}", {f"target.trust.{party}_user_id": id})
            wanted[f"{party}_user_id"] = id
    return store.search(tx, **wanted)


def get(tx: Tx, caller: Caller, id: str, rule: str = "get_trust") -> Trust:
    """A trust that still holds. Raises NotFound, also for whoever may not see it, and Forbidden where `rule` says no."""
    trust = _standing(tx, id)
    target = _target(trust.trustor_user_id, trust.trustee_user_id)
    if not allowed.allows(caller, "get_trust", target):
        raise _missing(id)
    allowed.demand(caller, rule, target)
    return trust


def _standing(tx: Tx, id: str) -> Trust:
    trust = store.find(tx, id)
    if trust is None or trust.over(clock.now()):
        raise _missing(id)
    return trust


def _missing(id: str) -> NotFound:
    return NotFound(f"Could not find trust: {id}.")


def _target(trustor: str, trustee: str) -> dict[str, str]:
    return {"target.trust.trustor_user_id": trustor, "target.trust.trustee_user_id": trustee}


def roles_of(tx: Tx, trust: Trust) -> list[Role]:
    """The roles that a trust gives, by name."""
    return roles.named(tx, set(trust.role_ids)) if trust.role_ids else []


def role_of(tx: Tx, caller: Caller, id: str, role_id: str) -> Role:
    """One of them. Raises NotFound."""
    trust = get(tx, caller, id, "get_role_for_trust")
    if role_id not in trust.role_ids:
        raise NotFound(f"Could not find role: {role_id}.")
    return roles.get(tx, role_id)


def create(tx: Tx, caller: Caller, asked: Mapping[str, Any]) -> Trust:
    """Trust somebody with roles that the caller has. Raises Forbidden, NotFound, Invalid."""
    trustor, trustee = asked["trustor_user_id"], asked["trustee_user_id"]
    allowed.demand(caller, "create_trust", _target(trustor, trustee))
    _must_not_be_restricted(caller)
    users.get(tx, trustee)
    project_id = asked.get("project_id")
    if project_id is not None:
        projects.get(tx, project_id)
    earlier = _handed_on(tx, caller, asked)
    trust = Trust(
        id=new_hex(),
        trustor_user_id=trustor,
        trustee_user_id=trustee,
        project_id=project_id,
        impersonation=asked["impersonation"],
        role_ids=_role_ids(tx, trustor, project_id, asked.get("roles") or [], earlier),
        expires_at=_expiry(asked.get("expires_at"), earlier),
        remaining_uses=asked.get("remaining_uses"),
        redelegated_trust_id=None if earlier is None else earlier.id,
        redelegation_count=_redelegations(asked, earlier),
    )
    store.add(tx, trust)
    return trust


def _must_not_be_restricted(caller: Caller) -> None:
    by = (caller.credentials or {}).get("application_credential")
    if by is not None and by["restricted"]:
        raise Forbidden("Using method 'application_credential' is not allowed for managing trusts.")


def _handed_on(tx: Tx, caller: Caller, asked: Mapping[str, Any]) -> Trust | None:
    """The trust that the caller's token came from, where it may be handed on like this. Raises Forbidden, Invalid."""
    by = (caller.credentials or {}).get("trust")
    named = asked.get("redelegated_trust_id")
    if by is None:
        if named is not None:
            raise Forbidden("A trust is handed on by a token that was made by it.")
        return None
    trust = _standing(tx, by["id"])
    if named not in (None, trust.id) or trust.project_id != asked.get("project_id"):
        raise Forbidden("A token made by a trust hands on that trust only, for its project.")
    if trust.redelegation_count < 1:
        raise Forbidden("Remaining redelegation depth of 0 out of allowed range of [0..0].")
    if asked["impersonation"] and not trust.impersonation:
        raise Forbidden("Impersonation is not allowed because redelegated trust does not specify impersonation.")
    if asked.get("remaining_uses") is not None:
        raise Invalid(f"A trust that is handed on counts no uses. {MALFORMED}")
    return trust


def _role_ids(
    tx: Tx, trustor: str, project_id: str | None, asked: list[dict[str, str]], earlier: Trust | None
) -> list[str]:
    """The roles asked for, by id. Raises NotFound for one that the trustor has not got, Forbidden for none."""
    if project_id is None:
        if asked:
            raise Forbidden("A trust without a project gives no roles.")
        return []
    if not asked:
        raise Forbidden("At least one role should be specified")
    held = {id for id, _ in tokens.roles_on(tx, trustor, project_id)}
    if earlier is not None:
        held &= set(earlier.role_ids)
    wanted: list[str] = []
    for one in asked:
        named = roles.find(tx, one["id"]) if "id" in one else roles.find_by_name(tx, one["name"])
        if named is None and "name" in one:
            raise NotFound(f"Role {one['name']} is not defined")
        if named is None or named.id not in held:
            raise NotFound(f"Could not find role: {one.get('id', one.get('name'))}.")
        wanted.append(named.id)
    return list(dict.fromkeys(wanted))


def _expiry(text: str | None, earlier: Trust | None) -> Micros | None:
    when = None if text is None else instant(text)
    most = None if earlier is None else earlier.expires_at
    if when is None or most is None:
        return most if when is None else when
    if when > most:
        raise Forbidden("Requested expiration time is more than redelegated trust can provide")
    return when


def _redelegations(asked: Mapping[str, Any], earlier: Trust | None) -> int:
    """How often the new trust may be handed on. Raises Forbidden for more than there are left."""
    most = MOST_REDELEGATIONS if earlier is None else earlier.redelegation_count - 1
    if not asked.get("allow_redelegation"):
        return 0
    if asked.get("remaining_uses") is not None:
        raise Invalid(f"remaining_uses must not be set if redelegation is allowed. {MALFORMED}")
    wanted = asked.get("redelegation_count")
    if wanted is None:
        return most
    if wanted > most:
        raise Forbidden(f"Requested redelegation depth of {wanted} is greater than allowed {most}")
    return wanted


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Trust somebody no more; their tokens and what they handed on end with it. Raises NotFound, Forbidden."""
    get(tx, caller, id, "delete_trust")
    store.remove(tx, id)


def issue(tx: Tx, proven: Proven, id: str, lifetime: Micros) -> Token:
    """A token of a trust for its trustee, counted as a use. Raises NotFound, Forbidden for anybody else."""
    tx.lock("trust", id)
    trust = _standing(tx, id)
    if proven.user_id != trust.trustee_user_id:
        raise Forbidden("User is not a trustee.")
    if proven.credential is not None:
        raise Unauthenticated(DENIED)
    store.use(tx, trust)
    ends = [when for when in (trust.expires_at, proven.earlier and proven.earlier.expires_at) if when is not None]
    return tokens.issue(
        tx,
        trust.bearer_id,
        proven.methods,
        Scope("project", trust.project_id) if trust.project_id else Scope(),
        lifetime=lifetime,
        expires_at=min(ends) if ends else None,
        audit_chain=proven.earlier.audit_ids[-1] if proven.earlier else None,
        trust_id=trust.id,
    )
