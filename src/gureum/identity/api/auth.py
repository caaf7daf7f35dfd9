"""Tokens and what comes with them."""

from typing import Any

from gureum.identity.login import AuthRequest
from gureum.identity.service import catalog, login, tokens
from gureum.identity.service.settings import settings
from gureum.identity.token import Token
from gureum.identity.wire import auth as wire
from gureum.identity.wire.catalog import show_catalog as shown_catalog
from gureum.kernel.faults import NotFound
from gureum.kernel.http import Answer, Call, Routes, TxKind
from gureum.kernel.http.route import ANYONE
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx

routes = Routes()


@routes.post("/v3/auth/tokens", ANYONE, tx=TxKind.OWN, body=AuthRequest)
def create(call: Call, body: AuthRequest) -> Answer:
    """Log in."""
    token = login.log_in(call.database, body.auth, settings.token_lifetime)
    return call.database.read(lambda tx: _shown(tx, call, token, 201))


@routes.get("/v3/auth/tokens", "identity:validate_token")
def show(call: Call) -> Answer:
    """What a token says; HEAD says only that it is good."""
    token = _subject(call)
    policy.demand("identity", "identity:validate_token", call.caller, _target(token))
    return _shown(call.tx, call, token, 200)


@routes.delete("/v3/auth/tokens", "identity:revoke_token")
def revoke(call: Call) -> None:
    """Void a token."""
    token = _subject(call)
    policy.demand("identity", "identity:revoke_token", call.caller, _target(token))
    tokens.revoke(call.tx, token)


@routes.get("/v3/auth/catalog", "identity:get_auth_catalog", early=True)
def show_catalog(call: Call) -> dict[str, Any]:
    """The catalog for the caller's scope."""
    shown = shown_catalog(catalog.offered(call.tx), call.root_url, call.caller.project_id, call.caller.user_id)
    return {"catalog": shown, "links": {"self": f"{call.base_url}/v3/auth/catalog"}}


def _subject(call: Call) -> Token:
    subject = call.headers.get("x-subject-token")
    if not subject:
        raise NotFound("Failed to validate token")
    return tokens.validate(call.tx, subject)


def _target(token: Token) -> dict[str, str]:
    return {"target.token.user_id": token.payload.user_id}


def _shown(tx: Tx, call: Call, token: Token, status: int) -> Answer:
    offered = None
    if call.one("nocatalog") is None and "nocatalog" not in call.query:
        offered = shown_catalog(catalog.offered(tx), call.root_url, token.caller.project_id, token.caller.user_id)
    return Answer(status, wire.show(token, offered), [("X-Subject-Token", token.id)])
