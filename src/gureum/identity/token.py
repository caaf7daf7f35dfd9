"""What is inside a token: who, how, for what, from when to when."""

import base64
from dataclasses import dataclass
from typing import Literal

import msgspec

from gureum.identity.application_credential import AccessRule, ApplicationCredential
from gureum.identity.trust import Trust
from gureum.kernel.caller import Caller
from gureum.kernel.clock import Micros

ScopeKind = Literal["unscoped", "project", "domain", "system"]


class Payload(msgspec.Struct, frozen=True, array_like=True):
    """The sealed content of a Fernet token; its audit id and issue time say which one it is."""

    user_id: str
    methods: tuple[str, ...]
    scope: ScopeKind
    scope_id: str | None
    issued_at: Micros
    expires_at: Micros
    audit_ids: tuple[str, ...]
    credential_id: str | None = None
    """The application credential that the token was made by."""
    trust_id: str | None = None
    """The trust that the token was made by."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a token is for."""

    kind: ScopeKind = "unscoped"
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A token with everything that its answer shows."""

    id: str
    payload: Payload
    caller: Caller
    roles: tuple[tuple[str, str], ...]
    """(id, name)"""
    password_expires_at: Micros | None
    credential: ApplicationCredential | None = None
    access_rules: tuple[AccessRule, ...] | None = None
    trust: Trust | None = None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Payload)


def encode(payload: Payload) -> bytes:
    """The bytes that are sealed."""
    return _encoder.encode(payload)


def decode(sealed: bytes) -> Payload:
    """What `encode` made. Raises msgspec.DecodeError."""
    return _decoder.decode(sealed)


def new_audit_id(random: bytes) -> str:
    """An audit id from 16 random bytes: 22 characters of URL-safe base 64."""
    return base64.urlsafe_b64encode(random).rstrip(b"=").decode()
