"""Logging in: from a proof to a scope to a token."""

from msgspec import UNSET

from gureum.identity import login as asked_for
from gureum.identity.service import tokens, trusts
from gureum.identity.service.proof import DENIED, Proven, domain_id, expected, prove
from gureum.identity.store import projects, users
from gureum.identity.token import Scope, Token
from gureum.kernel.clock import Micros
from gureum.kernel.faults import Invalid, Unauthenticated
from gureum.kernel.store.database import Database
from gureum.kernel.store.tx import Tx

_SCOPES = "system, project, domain, OS-TRUST:trust or unscoped"


def log_in(database: Database, asked: asked_for.Auth, lifetime: Micros, peer: str) -> Token:
    """A token for a login. Raises Unauthenticated."""
    if asked.scope:
        check_scope(asked.scope)
    proven = prove(database, asked.identity, peer)
    trust = None if isinstance(asked.scope, str) or not asked.scope else asked.scope.trust
    if trust:
        return database.write(lambda tx: trusts.issue(tx, proven, trust.id, lifetime))
    return database.read(lambda tx: _issue(tx, proven, asked.scope or None, lifetime))


def check_scope(asked: asked_for.ScopeRequest | str) -> None:
    """Raise Invalid unless exactly one scope is asked for."""
    if isinstance(asked, str):
        if asked != "unscoped":
            raise expected(_SCOPES, "scope")
        return
    kinds = (asked.project, asked.domain, asked.system, asked.unscoped, asked.trust)
    wanted = [one for one in kinds if one is not UNSET]
    if len(wanted) != 1:
        raise expected(_SCOPES, "scope")
    if asked.project and asked.project.id is None:
        if asked.project.name is None:
            raise Invalid("Invalid input for field scope/project: id or name must be present.")
        if asked.project.domain is None:
            raise expected("domain", "project")


def _issue(tx: Tx, proven: Proven, asked: asked_for.ScopeRequest | str | None, lifetime: Micros) -> Token:
    _check_factors(tx, proven)
    earlier, credential = proven.earlier, proven.credential
    scope = scope_of(tx, proven, asked)
    expiry = earlier.expires_at if earlier else credential.expires_at if credential else None
    return tokens.issue(
        tx,
        proven.user_id,
        proven.methods,
        scope,
        lifetime=lifetime,
        expires_at=expiry,
        audit_chain=earlier.audit_ids[-1] if earlier else None,
        credential_id=credential.id if credential else None,
    )


def _check_factors(tx: Tx, proven: Proven) -> None:
    """Raise Unauthenticated when the user's options ask for more methods than were proven."""
    options = users.get(tx, proven.user_id).options
    rules: list[list[str]] = options.get("multi_factor_auth_rules") or []
    if not rules or options.get("multi_factor_auth_enabled") is False or "token" in proven.methods:
        return
    if not any(set(rule) <= set(proven.methods) for rule in rules):
        raise Unauthenticated(DENIED)


def scope_of(tx: Tx, proven: Proven, asked: asked_for.ScopeRequest | str | None) -> Scope:
    """The scope a request asks for, or the user's default project, or none. Raises Unauthenticated for one that is not there."""
    if proven.credential is not None:
        if asked is not None:
            raise Unauthenticated(
                "Error authenticating with application credential: Application credentials cannot request a scope."
            )
        return Scope("project", proven.credential.project_id)
    if asked is None:
        return _default_scope(tx, proven)
    if isinstance(asked, str) or asked.unscoped is not UNSET:
        return Scope()
    if asked.system:
        if not asked.system.all:
            raise Unauthenticated(DENIED)
        return Scope("system", "system")
    if asked.project:
        return _project_scope(tx, asked.project)
    id = domain_id(tx, asked.domain or None)
    if id is None or projects.find(tx, id, domain=True) is None:
        raise Unauthenticated(DENIED)
    return Scope("domain", id)


def _project_scope(tx: Tx, asked: asked_for.ProjectScope) -> Scope:
    if asked.id is not None:
        return Scope("project", asked.id)
    domain = domain_id(tx, asked.domain)
    found = projects.find_by_name(tx, asked.name or "", domain) if domain else None
    if found is None:
        raise Unauthenticated(DENIED)
    return Scope("project", found.id)


def _default_scope(tx: Tx, proven: Proven) -> Scope:
    if proven.earlier is not None or proven.default_project_id is None:
        return Scope()
    scope = Scope("project", proven.default_project_id)
    return scope if tokens.scope_is_open(tx, proven.user_id, scope) else Scope()
