"""Users."""

from typing import Any

from gureum.identity.api import lists
from gureum.identity.service import passwords, proof, users
from gureum.identity.store import users as store
from gureum.identity.wire import shapes
from gureum.identity.wire import users as wire
from gureum.kernel.clock import parse_iso
from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call, Routes, TxKind
from gureum.kernel.http.route import ANYONE

routes = Routes(most_bytes=lists.MOST_BYTES)
_OPERATORS = ("lt", "lte", "gt", "gte", "eq", "neq")


@routes.get("/v3/users", "identity:list_users")
def index(call: Call) -> dict[str, Any]:
    """The users."""
    lists.sort_direction(call)
    listing = lists.asked(call, ("name", "domain_id", "default_project_id"), ("enabled",))
    wheres = [_expiring(text) for text in call.query.get("password_expires_at", [])]
    found = users.search(call.tx, call.caller, listing, *wheres)
    return lists.render(call, "users", [wire.show(one, call.base_url) for one in found], listing)


def _expiring(text: str) -> Any:
    operator, _, when = text.partition(":")
    try:
        if operator in _OPERATORS:
            return store.expires(operator, parse_iso(when))
        return store.expires("eq", parse_iso(text))
    except ValueError:
        raise Invalid(f"Unable to parse timestamp {text!r}: expected YYYY-MM-DDTHH:MM:SSZ") from None


@routes.get("/v3/users/{user_id}", "identity:get_user")
def show(call: Call, user_id: str) -> dict[str, Any]:
    """One user."""
    return {"user": wire.show(users.get(call.tx, call.caller, user_id), call.base_url)}


@routes.post("/v3/users", "identity:create_user", body=wire.CREATE, tx=TxKind.OWN, status=201)
def create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Make a user."""
    asked = _spelled(body)
    users.may_create(call.caller, asked)
    hashed = _hashed(asked)
    user = call.database.write(lambda tx: users.create(tx, call.caller, asked, hashed), call.caller)
    return {"user": wire.show(user, call.base_url)}


@routes.patch("/v3/users/{user_id}", "identity:update_user", body=wire.UPDATE, tx=TxKind.OWN)
def update(call: Call, user_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change a user."""
    asked = _spelled(body)
    call.database.read(lambda tx: users.may_update(tx, call.caller, user_id, asked))
    hashed = _hashed(asked)
    user = call.database.write(lambda tx: users.update(tx, call.caller, user_id, asked, hashed), call.caller)
    return {"user": wire.show(user, call.base_url, changed=True)}


@routes.delete("/v3/users/{user_id}", "identity:delete_user")
def delete(call: Call, user_id: str) -> None:
    """Forget a user."""
    users.delete(call.tx, call.caller, user_id)


@routes.post("/v3/users/{user_id}/password", ANYONE, tx=TxKind.OWN, body=wire.CHANGE_PASSWORD, status=204)
def change_password(call: Call, user_id: str, body: dict[str, Any]) -> None:
    """Change one's own password: the old one is the proof, no token is needed. Every token of the user is void after it."""
    old, new = body["user"]["original_password"], body["user"]["password"]
    found = call.database.read(lambda tx: store.find(tx, user_id))
    user = proof.check_own_password(call.database, found, user_id, old, call.peer)
    users.check_strength(new)
    users.check_unused(user, call.database.read(lambda tx: users.former_passwords(tx, user_id)), new)
    hashed = passwords.hash_password(new)
    call.database.write(lambda tx: users.change_password(tx, user_id, hashed))


def _spelled(body: dict[str, Any]) -> dict[str, Any]:
    asked: dict[str, Any] = body["user"]
    return asked | {"enabled": shapes.truth(asked["enabled"])} if "enabled" in asked else asked


def _hashed(asked: dict[str, Any]) -> str | None:
    password = asked.get("password")
    if password is None:
        return None
    users.check_strength(password)
    return passwords.hash_password(password)
