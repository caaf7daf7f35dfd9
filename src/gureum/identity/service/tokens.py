"""Tokens: issued for a scope, opened and resolved to a Caller, revoked."""

import secrets
from collections import OrderedDict
from dataclasses import replace
from typing import Any

import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from gureum.identity.role import TargetKind
from gureum.identity.store import assignments, epoch, projects, tokens, users
from gureum.identity.token import Payload, Scope, Token, decode, encode, new_audit_id
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.clock import Micros
from gureum.kernel.faults import NotFound, Unauthenticated
from gureum.kernel.store.tx import Tx

_DENIED = "The request you have made requires authentication."
_REMEMBERED = 20_000


class _Memory:
    """Resolved tokens of one identity epoch."""

    def __init__(self) -> None:
        self.epoch = -1
        self.tokens: OrderedDict[str, Token] = OrderedDict()
        self.fernet: MultiFernet | None = None

    def at(self, now: int) -> "_Memory":
        if now != self.epoch:
            self.tokens = OrderedDict()
            self.fernet = None
            self.epoch = now
        return self


_memory = _Memory()


def issue(
    tx: Tx,
    user_id: str,
    methods: tuple[str, ...],
    scope: Scope,
    *,
    lifetime: Micros,
    expires_at: Micros | None = None,
    audit_chain: str | None = None,
) -> Token:
    """A new token. `expires_at` and `audit_chain` come from the token it was exchanged for.

    Raises Unauthenticated when the user or the scope is disabled, or the user has no role in the scope.
    """
    now = clock.now()
    audit = new_audit_id(secrets.token_bytes(16))
    payload = Payload(
        user_id,
        methods,
        scope.kind,
        scope.id,
        now,
        expires_at or now + lifetime,
        (audit, audit_chain) if audit_chain else (audit,),
    )
    token = _resolve(tx, "", payload)
    sealed = _fernet(tx).encrypt(encode(payload)).decode().rstrip("=")
    return replace(token, id=sealed)


def validate(tx: Tx, token_id: str, *, expired_since: Micros = 0) -> Token:
    """The token behind an id, as things stand in this transaction.

    `expired_since` still accepts tokens that expired less than so long ago. Raises NotFound for one that is none (any more).
    """
    memory = _memory.at(epoch.current(tx))
    found = memory.tokens.get(token_id)
    if found is None:
        found = _resolve_checked(tx, token_id)
        memory.tokens[token_id] = found
        if len(memory.tokens) > _REMEMBERED:
            memory.tokens.popitem(last=False)
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
    try:
        sealed = token_id.encode("ascii") + b"=" * (-len(token_id) % 4)
        payload = decode(_fernet(tx).decrypt(sealed))
    except (InvalidToken, msgspec.MsgspecError, UnicodeEncodeError, ValueError):
        raise _not_found() from None
    user = users.find(tx, payload.user_id)
    if user is None or payload.issued_at < user.tokens_since or tokens.revoked(tx, payload.audit_ids):
        raise _not_found()
    try:
        return _resolve(tx, token_id, payload)
    except Unauthenticated:
        raise _not_found() from None


def _not_found() -> NotFound:
    return NotFound("Failed to validate token")


def _resolve(tx: Tx, token_id: str, payload: Payload) -> Token:
    """The caller that the payload means now. Raises Unauthenticated for what is disabled, gone or without a role."""
    user = users.find(tx, payload.user_id)
    domain = projects.find(tx, user.domain_id, domain=True) if user else None
    if user is None or domain is None or not (user.enabled and domain.enabled):
        raise Unauthenticated(_DENIED)
    scope = _scope(tx, payload)
    held: list[tuple[str, str]] = []
    if payload.scope != "unscoped":
        held = assignments.held(tx, user.id, _targets(tx, payload))
        if not held:
            raise Unauthenticated(_DENIED)
    caller = Caller(
        user_id=user.id,
        user_name=user.name,
        user_domain_id=user.domain_id,
        user_domain_name=domain.name,
        roles=tuple(name for _, name in held),
        credentials={"token": {"user": {"id": user.id, "domain": {"id": user.domain_id}}} | _token_scope(scope)},
        **scope,
    )
    return Token(token_id, payload, caller, tuple(held), user.password_expires_at)


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
    return [("project", id, False), *((kind, above, True) for kind, above in projects.above(tx, id))]


def _fernet(tx: Tx) -> MultiFernet:
    memory = _memory.at(epoch.current(tx))
    if memory.fernet is None:
        memory.fernet = MultiFernet([Fernet(key.encode()) for key in tokens.keys(tx)])
    return memory.fernet
