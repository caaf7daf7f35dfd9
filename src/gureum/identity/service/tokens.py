"""Tokens: issued for a scope, opened and resolved to a Caller, revoked."""

import secrets
from collections import OrderedDict
from dataclasses import replace
from typing import Any

import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from gureum.identity.application_credential import AccessRule, ApplicationCredential
from gureum.identity.project import Project
from gureum.identity.role import TargetKind
from gureum.identity.store import application_credentials, assignments, epoch, projects, roles, tokens, trusts, users
from gureum.identity.token import Payload, Scope, Token, decode, encode, new_audit_id
from gureum.identity.trust import Trust
from gureum.identity.user import User
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.clock import Micros
from gureum.kernel.faults import NotFound, Unauthenticated
from gureum.kernel.store.tx import Tx

_DENIED = "The request you have made requires authentication."
_REMEMBERED = 20_000
_LONGEST = 1024


class _Memory:
    """What was resolved under one identity epoch, and is true only under it."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch
        self.tokens: OrderedDict[str, Token] = OrderedDict()
        self.fernet: MultiFernet | None = None

    def keep(self, token: Token) -> None:
        """Remember a resolved token."""
        self.tokens[token.id] = token
        if len(self.tokens) > _REMEMBERED:
            self.tokens.popitem(last=False)


_newest = _Memory(-1)


def _memory(tx: Tx) -> _Memory:
    """The memory of the epoch that the transaction sees. A slower reader's older epoch never gets into a newer memory."""
    global _newest
    now = epoch.current(tx)
    memory = _newest
    if memory.epoch != now:
        memory = _Memory(now)
        if now > _newest.epoch:
            _newest = memory
    return memory


def issue(
    tx: Tx,
    user_id: str,
    methods: tuple[str, ...],
    scope: Scope,
    *,
    lifetime: Micros,
    expires_at: Micros | None = None,
    audit_chain: str | None = None,
    credential_id: str | None = None,
    trust_id: str | None = None,
) -> Token:
    """A new token. `expires_at` and `audit_chain` come from the token it was exchanged for, `credential_id` and `trust_id` name
    the application credential or the trust that it is made by.

    Raises Unauthenticated when the user or the scope is disabled, or the user has no role in the scope.
    """
    now = clock.now()
    audit = new_audit_id(secrets.token_bytes(16))
    ends = now + lifetime
    payload = Payload(
        user_id,
        methods,
        scope.kind,
        scope.id,
        now,
        ends if expires_at is None else min(ends, expires_at),
        (audit, audit_chain) if audit_chain else (audit,),
        credential_id,
        trust_id,
    )
    sealed = _fernet(tx).encrypt(encode(payload)).decode().rstrip("=")
    token = _resolve(tx, sealed, payload)
    _memory(tx).keep(token)
    return token


def scope_is_open(tx: Tx, user_id: str, scope: Scope) -> bool:
    """Whether a user could have a token for the scope."""
    now = clock.now()
    try:
        _resolve(tx, "", Payload(user_id, (), scope.kind, scope.id, now, now, ()))
    except Unauthenticated:
        return False
    return True


def caller_for(tx: Tx, user_id: str, scope: Scope) -> Caller:
    """Who a user would be with a token for the scope. Raises Unauthenticated where there would be none."""
    now = clock.now()
    return _resolve(tx, "", Payload(user_id, (), scope.kind, scope.id, now, now, ())).caller


def validate(tx: Tx, token_id: str, *, expired_since: Micros = 0) -> Token:
    """The token behind an id, as things stand in this transaction.

    `expired_since` still accepts tokens that expired less than so long ago. Raises NotFound for one that is none (any more).
    """
    memory = _memory(tx)
    found = memory.tokens.get(token_id)
    if found is None:
        found = _resolve_checked(tx, token_id)
        memory.keep(found)
    if found.payload.expires_at + expired_since <= clock.now():
        raise _not_found()
    return found


def authenticate(tx: Tx, token_id: str) -> Caller:
    """The caller of a request. Raises Unauthenticated."""
    try:
        return replace(validate(tx, token_id).caller)
    except NotFound:
        raise Unauthenticated(_DENIED) from None


def revoke(tx: Tx, token: Token) -> None:
    """Void a token, for the next request already."""
    tokens.revoke(tx, token.payload.audit_ids[0], token.payload.expires_at, clock.now())


def rotate_keys(tx: Tx, keep_for: Micros) -> None:
    """Seal with a new key from now on; keys that were replaced longer ago than `keep_for` open nothing any more."""
    tokens.add_key(tx, Fernet.generate_key().decode(), clock.now())
    tokens.drop_keys(tx, clock.now() - keep_for)


def _resolve_checked(tx: Tx, token_id: str) -> Token:
    if len(token_id) > _LONGEST:
        raise NotFound("Could not recognize Fernet token")
    try:
        sealed = token_id.encode("ascii") + b"=" * (-len(token_id) % 4)
        payload = decode(_fernet(tx).decrypt(sealed))
    except (InvalidToken, msgspec.MsgspecError, UnicodeEncodeError, ValueError):
        raise NotFound("Could not recognize Fernet token") from None
    trust = None if payload.trust_id is None else trusts.find(tx, payload.trust_id)
    parties = (payload.user_id,) if trust is None else (trust.trustor_user_id, trust.trustee_user_id)
    if any(_void_for(tx, payload, id) for id in parties) or tokens.revoked(tx, payload.audit_ids):
        raise _not_found()
    try:
        return _resolve(tx, token_id, payload)
    except Unauthenticated:
        raise _not_found() from None


def _void_for(tx: Tx, payload: Payload, user_id: str) -> bool:
    """Whether a user is no more, or has voided what was issued before an instant."""
    user = users.find(tx, user_id)
    return user is None or payload.issued_at < user.tokens_since


def _not_found() -> NotFound:
    return NotFound("Failed to validate token")


def _resolve(tx: Tx, token_id: str, payload: Payload) -> Token:
    """The caller that the payload means now. Raises Unauthenticated for what is disabled, gone or without a role."""
    user, domain = _open_user(tx, payload.user_id)
    scope = _scope(tx, payload)
    trust = _trust(tx, payload)
    held: list[tuple[str, str]] = []
    if payload.scope != "unscoped":
        held = assignments.held(tx, trust.trustor_user_id if trust else user.id, _targets(tx, payload))
    credential, rules = _credential(tx, payload)
    if credential is not None:
        held = _narrowed(held, set(credential.role_ids))
    if trust is not None:
        held = _narrowed(held, roles.with_implied(tx, set(trust.role_ids)))
    if payload.scope != "unscoped" and not held:
        raise Unauthenticated(_DENIED)
    about: dict[str, Any] = {"token": {"user": {"id": user.id, "domain": {"id": user.domain_id}}} | _token_scope(scope)}
    if credential is not None:
        about["application_credential"] = {"id": credential.id, "restricted": not credential.unrestricted}
    if trust is not None:
        about["trust"] = {"id": trust.id}
    caller = Caller(
        user_id=user.id,
        user_name=user.name,
        user_domain_id=user.domain_id,
        user_domain_name=domain.name,
        roles=tuple(name for _, name in held),
        credentials=about,
        only=None if rules is None else tuple((rule.service, rule.method, rule.path) for rule in rules),
        **scope,
    )
    return Token(token_id, payload, caller, tuple(held), user.password_expires_at, credential, rules, trust)


def _credential(tx: Tx, payload: Payload) -> tuple[ApplicationCredential | None, tuple[AccessRule, ...] | None]:
    """The application credential that a token was made by, and what it is limited to. Raises Unauthenticated when it is gone."""
    if payload.credential_id is None:
        return None, None
    credential = application_credentials.find(tx, payload.credential_id)
    if credential is None or credential.user_id != payload.user_id:
        raise Unauthenticated(_DENIED)
    if credential.access_rule_ids is None:
        return credential, None
    return credential, tuple(application_credentials.rules(tx, credential.access_rule_ids).values())


def _open_user(tx: Tx, id: str) -> tuple[User, Project]:
    """A user and their domain. Raises Unauthenticated when one of them is disabled or gone."""
    user = users.find(tx, id)
    domain = projects.find(tx, user.domain_id, domain=True) if user else None
    if user is None or domain is None or not (user.enabled and domain.enabled):
        raise Unauthenticated(_DENIED)
    return user, domain


def _trust(tx: Tx, payload: Payload) -> Trust | None:
    """The trust that a token was made by. Raises Unauthenticated when it is gone, or one of its parties may not log in."""
    if payload.trust_id is None:
        return None
    trust = trusts.find(tx, payload.trust_id)
    if trust is None or payload.user_id != trust.bearer_id:
        raise Unauthenticated(_DENIED)
    for id in (trust.trustor_user_id, trust.trustee_user_id):
        _open_user(tx, id)
    return trust


def roles_on(tx: Tx, user_id: str, project_id: str) -> list[tuple[str, str]]:
    """The roles (id, name) that a user has on a project."""
    return assignments.held(tx, user_id, _above(tx, project_id))


def _narrowed(held: list[tuple[str, str]], role_ids: set[str]) -> list[tuple[str, str]]:
    """The roles of an application credential or a trust; none when who gave them has lost one of them."""
    own = [(id, name) for id, name in held if id in role_ids]
    return own if len(own) == len(role_ids) else []


def _token_scope(scope: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "project_id" in scope:
        found["project"] = {"id": scope["project_id"], "domain": {"id": scope["project_domain_id"]}}
    if "domain_id" in scope:
        found["domain"] = {"id": scope["domain_id"]}
    return found


def _scope(tx: Tx, payload: Payload) -> dict[str, Any]:
    if payload.scope == "unscoped":
        return {}
    if payload.scope == "system":
        return {"system": True}
    found = projects.find(tx, payload.scope_id or "", domain=payload.scope == "domain")
    if found is None or not found.enabled:
        raise Unauthenticated(_DENIED)
    if payload.scope == "domain":
        return {"domain_id": found.id, "domain_name": found.name}
    owner = projects.find(tx, found.domain_id or "", domain=True)
    if owner is None or not owner.enabled:
        raise Unauthenticated(_DENIED)
    return {
        "project_id": found.id,
        "project_name": found.name,
        "project_domain_id": owner.id,
        "project_domain_name": owner.name,
    }


def _targets(tx: Tx, payload: Payload) -> list[tuple[TargetKind, str, bool]]:
    """Where an assignment counts for the scope: the thing itself, and what is inherited from above it."""
    if payload.scope == "system":
        return [("system", assignments.SYSTEM_ID, False)]
    id = payload.scope_id or ""
    if payload.scope == "domain":
        return [("domain", id, False)]
    return _above(tx, id)


def _above(tx: Tx, project_id: str) -> list[tuple[TargetKind, str, bool]]:
    return [("project", project_id, False), *((kind, above, True) for kind, above in projects.above(tx, project_id))]


def _fernet(tx: Tx) -> MultiFernet:
    memory = _memory(tx)
    if memory.fernet is None:
        memory.fernet = MultiFernet([Fernet(key.encode()) for key in tokens.keys(tx)])
    return memory.fernet
