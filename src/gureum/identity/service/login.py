"""Logging in: from a password or a token to a user, from names to a scope."""

from dataclasses import dataclass

from gureum.identity import login as asked_for
from gureum.identity.service import passwords, tokens
from gureum.identity.store import projects, users
from gureum.identity.token import Payload, Scope, Token
from gureum.identity.user import User
from gureum.kernel.clock import Micros
from gureum.kernel.faults import Invalid, NotFound, Unauthenticated
from gureum.kernel.store.lanes import Database
from gureum.kernel.store.tx import Tx

_DENIED = "The request you have made requires authentication."


@dataclass(frozen=True, slots=True)
class Proven:
    """Who was proven to ask, and how; `earlier` is the token that was shown, if one was."""

    user_id: str
    methods: tuple[str, ...]
    earlier: Payload | None = None
    default_project_id: str | None = None


def prove(database: Database, identity: asked_for.Identity) -> Proven:
    """Check every method that the request names. Raises Unauthenticated; says no more than that to strangers."""
    if not identity.methods:
        raise Invalid("Invalid input for field 'identity/methods': [] should be non-empty")
    proven: Proven | None = None
    for method in identity.methods:
        if method == "password" and identity.password:
            one = _by_password(database, identity.password.user)
        elif method == "token" and identity.token:
            one = _by_token(database, identity.token.id)
        elif method in ("password", "token"):
            raise Invalid(
                f"Expecting to find {method} in identity. The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error."
            )
        else:
            raise Unauthenticated(_DENIED)
        if proven is not None and proven.user_id != one.user_id:
            raise Unauthenticated(_DENIED)
        proven = one
    assert proven is not None
    return proven


def _by_password(database: Database, asked: asked_for.PasswordUser) -> Proven:
    user = database.read(lambda tx: _find_user(tx, asked))
    right = passwords.verify(user.id if user else "", user.password_hash if user else None, asked.password)
    if user is None or not right:
        raise Unauthenticated(_DENIED)
    return Proven(user.id, ("password",), default_project_id=user.default_project_id)


def _find_user(tx: Tx, asked: asked_for.PasswordUser) -> User | None:
    if asked.id is not None:
        return users.find(tx, asked.id)
    domain = domain_id(tx, asked.domain)
    if asked.name is None or domain is None:
        return None
    return users.find_by_name(tx, asked.name, domain)


def domain_id(tx: Tx, asked: asked_for.DomainName | None) -> str | None:
    """The id of a domain that was given by id or name, or None for one that does not exist."""
    if asked is None:
        return None
    if asked.id is not None:
        return asked.id
    found = projects.find_by_name(tx, asked.name or "", None)
    return None if found is None else found.id


def _by_token(database: Database, token_id: str) -> Proven:
    try:
        token = database.read(lambda tx: tokens.validate(tx, token_id))
    except NotFound:
        raise Unauthenticated(_DENIED) from None
    methods = tuple(dict.fromkeys((*token.payload.methods, "token")))
    return Proven(token.payload.user_id, methods, token.payload)


def scope_of(tx: Tx, proven: Proven, asked: asked_for.ScopeRequest | str | None) -> Scope:
    """The scope a request asks for, or the user's default project, or none. Raises Unauthenticated for one that is not there."""
    if asked is None:
        return _default_scope(tx, proven)
    if isinstance(asked, str):
        if asked == "unscoped":
            return Scope()
        raise Invalid(f"Invalid input for field 'scope': '{asked}' is not one of ['unscoped']")
    wanted = [one for one in (asked.project, asked.domain, asked.system) if one]
    if len(wanted) != 1:
        raise Invalid("Invalid input for field 'scope': exactly one of project, domain and system is expected")
    if asked.system:
        return Scope("system", "system")
    if asked.project:
        project = asked.project
        if project.id is not None:
            return Scope("project", project.id)
        domain = domain_id(tx, project.domain)
        found = projects.find_by_name(tx, project.name or "", domain) if domain else None
    else:
        id = domain_id(tx, asked.domain or None)
        found = projects.find(tx, id, domain=True) if id else None
    if found is None:
        raise Unauthenticated(_DENIED)
    return Scope("domain" if found.is_domain else "project", found.id)


def _default_scope(tx: Tx, proven: Proven) -> Scope:
    if proven.earlier is not None or proven.default_project_id is None:
        return Scope()
    scope = Scope("project", proven.default_project_id)
    try:
        tokens.issue(tx, proven.user_id, proven.methods, scope, lifetime=1)
    except Unauthenticated:
        return Scope()
    return scope


def log_in(database: Database, asked: asked_for.Auth, lifetime: Micros) -> Token:
    """A token for a login. Raises Unauthenticated."""
    proven = prove(database, asked.identity)
    earlier = proven.earlier

    def job(tx: Tx) -> Token:
        return tokens.issue(
            tx,
            proven.user_id,
            proven.methods,
            scope_of(tx, proven, asked.scope or None),
            lifetime=lifetime,
            expires_at=earlier.expires_at if earlier else None,
            audit_chain=earlier.audit_ids[-1] if earlier else None,
        )

    return database.read(job)
