"""Tokens and what comes with them."""

from typing import Any

from gureum.identity.api import lists
from gureum.identity.login import AuthRequest
from gureum.identity.service import catalog, login, scopes, tokens
from gureum.identity.service.settings import settings
from gureum.identity.token import Token
from gureum.identity.wire import auth as wire
from gureum.identity.wire import domains as domains_wire
from gureum.identity.wire import projects as projects_wire
from gureum.identity.wire.catalog import show_catalog as shown_catalog
from gureum.kernel.faults import NotFound
from gureum.kernel.http import Answer, Call, Routes, TxKind
from gureum.kernel.http.route import ANYONE
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx

routes = Routes(most_bytes=lists.MOST_BYTES)
_TOKENS = "/v3/auth/tokens"


@routes.post(_TOKENS, ANYONE, tx=TxKind.OWN, body=wire.LOGIN)
def create(call: Call, body: AuthRequest) -> Answer:
    """Log in."""
    token = login.log_in(call.database, body.auth, settings.token_lifetime, call.peer)
    return call.database.read(lambda tx: _shown(tx, call, token, 201))


@routes.get(_TOKENS, "identity:validate_token")
def show(call: Call) -> Answer:
    """What a token says."""
    return _shown(call.tx, call, _subject(call, "validate_token"), 200)


@routes.add("HEAD", _TOKENS, "identity:check_token")
def check(call: Call) -> Answer:
    """Whether a token is good."""
    return _shown(call.tx, call, _subject(call, "check_token"), 200)


@routes.delete(_TOKENS, "identity:revoke_token")
def revoke(call: Call) -> None:
    """Void a token."""
    tokens.revoke(call.tx, _subject(call, "revoke_token"))


@routes.get("/v3/auth/catalog", "identity:get_auth_catalog", early=True)
def show_catalog(call: Call) -> dict[str, Any]:
    """The catalog for the caller's scope."""
    caller = call.caller
    shown = shown_catalog(catalog.offered(call.tx), call.root_url, caller.project_id, caller.user_id)
    return {"catalog": shown, "links": {"self": lists.own_link(call)}}


@routes.get("/v3/auth/projects", "identity:get_auth_projects", early=True)
def projects(call: Call) -> dict[str, Any]:
    """The projects that the caller could have a token for."""
    found = scopes.projects_of(call.tx, call.caller.user_id)
    return lists.render(call, "projects", [projects_wire.show(one, call.base_url) for one in found])


@routes.get("/v3/auth/domains", "identity:get_auth_domains", early=True)
def domains(call: Call) -> dict[str, Any]:
    """The domains that the caller could have a token for."""
    found = scopes.domains_of(call.tx, call.caller.user_id)
    return lists.render(call, "domains", [domains_wire.show(one, call.base_url) for one in found])


@routes.get("/v3/auth/system", "identity:get_auth_system", early=True)
def system(call: Call) -> dict[str, Any]:
    """Whether the caller could have a token for the system."""
    found = [{"all": True}] if scopes.has_system(call.tx, call.caller.user_id) else []
    return {"system": found, "links": {"self": lists.own_link(call)}}


def _subject(call: Call, rule: str) -> Token:
    """The token that the request is about, if the caller may do `rule` to it."""
    subject = call.headers.get("x-subject-token")
    if not subject:
        raise NotFound("No token in the request")
    token = tokens.validate(call.tx, subject)
    policy.demand("identity", f"identity:{rule}", call.caller, {"target.token.user_id": token.payload.user_id})
    return token


def _shown(tx: Tx, call: Call, token: Token, status: int) -> Answer:
    offered = None
    if "nocatalog" not in call.query:
        offered = shown_catalog(catalog.offered(tx), call.root_url, token.caller.project_id, token.caller.user_id)
    return Answer(status, wire.show(token, offered), [("X-Subject-Token", token.id)])
