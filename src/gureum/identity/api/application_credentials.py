"""Application credentials and access rules."""

import secrets
from typing import Any

from gureum.identity.api import lists
from gureum.identity.application_credential import ApplicationCredential
from gureum.identity.service import application_credentials, passwords
from gureum.identity.wire import application_credentials as wire
from gureum.kernel.http import Call, Routes, TxKind
from gureum.kernel.store.tx import Tx

routes = Routes(most_bytes=lists.MOST_BYTES)
_ALL = "/v3/users/{user_id}/application_credentials"
_ONE = "/v3/users/{user_id}/application_credentials/{application_credential_id}"
_RULE = "/v3/users/{user_id}/access_rules/{access_rule_id}"


@routes.get(_ALL, "identity:list_application_credentials")
def index(call: Call, user_id: str) -> dict[str, Any]:
    """The application credentials of a user."""
    listing = lists.asked(call)
    found = application_credentials.search(call.tx, call.caller, user_id, listing)
    contents = application_credentials.contents(call.tx, found)
    return lists.render(
        call, "application_credentials", [wire.show(one, contents, call.base_url) for one in found], listing
    )


@routes.post(_ALL, "identity:create_application_credential", body=wire.CREATE, tx=TxKind.OWN, status=201)
def create(call: Call, user_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Make an application credential; its secret is shown now and never again."""
    asked: dict[str, Any] = body["application_credential"]
    application_credentials.may_create(call.caller, user_id)
    secret: str = asked.get("secret") or secrets.token_urlsafe(64)
    hashed = passwords.hash_password(secret)

    def job(tx: Tx) -> dict[str, Any]:
        made = application_credentials.create(tx, call.caller, user_id, asked, hashed)
        return _shown(tx, call, made, secret)

    return call.database.write(job, call.caller)


@routes.get(_ONE, "identity:get_application_credential")
def show(call: Call, user_id: str, application_credential_id: str) -> dict[str, Any]:
    """One application credential."""
    found = application_credentials.get(call.tx, call.caller, user_id, application_credential_id)
    return _shown(call.tx, call, found)


@routes.delete(_ONE, "identity:delete_application_credential")
def delete(call: Call, user_id: str, application_credential_id: str) -> None:
    """Forget an application credential."""
    application_credentials.delete(call.tx, call.caller, user_id, application_credential_id)


@routes.get("/v3/users/{user_id}/access_rules", "identity:list_access_rules")
def access_rules(call: Call, user_id: str) -> dict[str, Any]:
    """The access rules of a user."""
    listing = lists.asked(call, ("service", "method", "path"))
    found = application_credentials.access_rules(call.tx, call.caller, user_id, listing)
    return lists.render(call, "access_rules", [wire.show_access_rule(one, call.base_url) for one in found], listing)


@routes.get(_RULE, "identity:get_access_rule")
def access_rule(call: Call, user_id: str, access_rule_id: str) -> dict[str, Any]:
    """One access rule."""
    found = application_credentials.access_rule(call.tx, call.caller, user_id, access_rule_id)
    return {"access_rule": wire.show_access_rule(found, call.base_url)}


@routes.delete(_RULE, "identity:delete_access_rule")
def delete_access_rule(call: Call, user_id: str, access_rule_id: str) -> None:
    """Forget an access rule that no credential refers to."""
    application_credentials.delete_access_rule(call.tx, call.caller, user_id, access_rule_id)


def _shown(tx: Tx, call: Call, one: ApplicationCredential, secret: str | None = None) -> dict[str, Any]:
    contents = application_credentials.contents(tx, [one])
    return {"application_credential": wire.show(one, contents, call.base_url, secret)}
