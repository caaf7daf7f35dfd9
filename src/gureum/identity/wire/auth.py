"""Logins as they are asked for, and tokens as they are shown."""

from typing import Any

import msgspec
from jsonschema.exceptions import best_match

from gureum.identity.login import AuthRequest
from gureum.identity.token import Token
from gureum.identity.trust import Trust
from gureum.kernel.clock import iso_micros
from gureum.kernel.faults import Invalid, Malformed
from gureum.kernel.http.schema import Shape

_MALFORMED = (
    "The server could not comply with the request since it is either malformed or otherwise incorrect. "
    "The client is assumed to be in error."
)


_TEXT = {"type": "string"}


def _object(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


_DOMAIN = _object(id=_TEXT, name=_TEXT)
_USER = _object(id=_TEXT, name=_TEXT, password=_TEXT, domain=_DOMAIN)
_IDENTITY = _object(
    ("methods",),
    methods={"type": "array", "items": _TEXT},
    password=_object(user=_USER),
    token=_object(("id",), id=_TEXT),
    application_credential=_object(id=_TEXT, name=_TEXT, secret=_TEXT, user=_USER),
)
_SCOPE: Any = _object(
    project=_object(id=_TEXT, name=_TEXT, domain=_DOMAIN),
    domain=_DOMAIN,
    system=_object(all={"type": "boolean"}),
    unscoped={"type": "object"},
) | {"type": ["object", "string"]}
_SCOPE["properties"] |= {"OS-TRUST:trust": _object(("id",), id=_TEXT)}


class _Login(Shape):
    """The body of a login: decoded fast; only one that is wrong is looked at again for the sentence about it."""

    def __init__(self) -> None:
        super().__init__(_object(("identity",), identity=_IDENTITY, scope=_SCOPE))

    def check(self, value: Any) -> Any:
        """The request. Raises Invalid, Malformed."""
        if not isinstance(value, dict):
            raise Malformed("Malformed request body")
        if value.get("auth") is None:  # pyright: ignore[reportUnknownMemberType]
            raise Invalid(f"Expecting to find auth in request body. {_MALFORMED}")
        try:
            return msgspec.convert(value, AuthRequest)
        except msgspec.ValidationError as error:
            found: Any = best_match(self._validator.iter_errors(value["auth"]))
            raise Invalid(str(error) if found is None else _said(found)) from None


def _said(found: Any) -> str:
    path = "/".join(str(part) for part in found.absolute_path)
    return f"Invalid input for field '{path}': {found.message}" if path else str(found.message)


LOGIN = _Login()


def show(token: Token, catalog: list[dict[str, Any]] | None) -> dict[str, Any]:
    """A token as its owner sees it; without `catalog` where none was wanted or the token is unscoped."""
    caller, payload = token.caller, token.payload
    body: dict[str, Any] = {
        "methods": list(payload.methods),
        "user": {
            "domain": {"id": caller.user_domain_id, "name": caller.user_domain_name},
            "id": caller.user_id,
            "name": caller.user_name,
            "password_expires_at": iso_micros(token.password_expires_at),
        },
        "audit_ids": list(payload.audit_ids),
        "expires_at": iso_micros(payload.expires_at, "Z"),
        "issued_at": iso_micros(payload.issued_at, "Z"),
    }
    if token.credential is not None:
        body["application_credential"] = _credential(token)
    if token.trust is not None:
        body["OS-TRUST:trust"] = _trust(token.trust)
    if payload.scope == "project":
        body["project"] = {
            "domain": {"id": caller.project_domain_id, "name": caller.project_domain_name},
            "id": caller.project_id,
            "name": caller.project_name,
        }
        body["is_domain"] = False
    elif payload.scope == "domain":
        body["domain"] = {"id": caller.domain_id, "name": caller.domain_name}
    elif payload.scope == "system":
        body["system"] = {"all": True}
    if payload.scope != "unscoped":
        body["roles"] = [{"id": id, "name": name} for id, name in token.roles]
        if catalog is not None:
            body["catalog"] = catalog
    return {"token": body}


def _trust(trust: Trust) -> dict[str, Any]:
    return {
        "id": trust.id,
        "impersonation": trust.impersonation,
        "trustor_user": {"id": trust.trustor_user_id},
        "trustee_user": {"id": trust.trustee_user_id},
    }


def _credential(token: Token) -> dict[str, Any]:
    credential = token.credential
    assert credential is not None
    shown: dict[str, Any] = {"id": credential.id, "name": credential.name, "restricted": not credential.unrestricted}
    if token.access_rules is not None:
        shown["access_rules"] = [
            {"id": one.id, "service": one.service, "path": one.path, "method": one.method} for one in token.access_rules
        ]
    return shown
