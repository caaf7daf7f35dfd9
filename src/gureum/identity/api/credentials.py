"""Credentials that users keep, and their EC2 keys."""

from typing import Any

from gureum.identity.api import lists
from gureum.identity.service import credentials
from gureum.identity.wire import credentials as wire
from gureum.kernel.http import Call, Routes

routes = Routes(most_bytes=lists.MOST_BYTES)
_ONE = "/v3/credentials/{credential_id}"
_KEYS = "/v3/users/{user_id}/credentials/OS-EC2"
_KEY = "/v3/users/{user_id}/credentials/OS-EC2/{credential_id}"


@routes.get("/v3/credentials", "identity:list_credentials")
def index(call: Call) -> dict[str, Any]:
    """The credentials that the caller may see."""
    listing = lists.asked(call, ("user_id", "type"))
    found = credentials.search(call.tx, call.caller, listing)
    return lists.render(call, "credentials", [wire.show(one, call.base_url) for one in found], listing)


@routes.post("/v3/credentials", "identity:create_credential", body=wire.CREATE, status=201)
def create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Keep a credential."""
    return {"credential": wire.show(credentials.create(call.tx, call.caller, body["credential"]), call.base_url)}


@routes.get(_ONE, "identity:get_credential")
def show(call: Call, credential_id: str) -> dict[str, Any]:
    """One credential."""
    return {"credential": wire.show(credentials.get(call.tx, call.caller, credential_id), call.base_url)}


@routes.patch(_ONE, "identity:update_credential", body=wire.UPDATE)
def update(call: Call, credential_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change what a credential holds."""
    changed = credentials.update(call.tx, call.caller, credential_id, body["credential"]["blob"])
    return {"credential": wire.show(changed, call.base_url)}


@routes.delete(_ONE, "identity:delete_credential")
def delete(call: Call, credential_id: str) -> None:
    """Forget a credential."""
    credentials.delete(call.tx, call.caller, credential_id)


@routes.get(_KEYS, "identity:ec2_list_credentials")
def keys(call: Call, user_id: str) -> dict[str, Any]:
    """The EC2 keys of a user."""
    found = credentials.ec2_keys(call.tx, call.caller, user_id)
    return lists.render(call, "credentials", [wire.show_ec2(one, call.base_url) for one in found])


@routes.post(_KEYS, "identity:ec2_create_credential", body=wire.CREATE_EC2, status=201)
def create_key(call: Call, user_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Make an EC2 key."""
    made = credentials.create_ec2_key(call.tx, call.caller, user_id, body.get("tenant_id"))
    return {"credential": wire.show_ec2(made, call.base_url)}


@routes.get(_KEY, "identity:ec2_get_credential")
def key(call: Call, user_id: str, credential_id: str) -> dict[str, Any]:
    """One EC2 key, by its access key."""
    found = credentials.ec2_key(call.tx, call.caller, user_id, credential_id)
    return {"credential": wire.show_ec2(found, call.base_url)}


@routes.delete(_KEY, "identity:ec2_delete_credential")
def delete_key(call: Call, user_id: str, credential_id: str) -> None:
    """Forget an EC2 key."""
    credentials.delete_ec2_key(call.tx, call.caller, user_id, credential_id)
