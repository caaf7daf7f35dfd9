"""Key pairs."""

from typing import Any

from gureum.compute import keys
from gureum.compute.service import keypairs
from gureum.compute.wire import keypairs as wire
from gureum.compute.wire.paging import limit_of, with_next
from gureum.kernel.http import Call, Routes, TxKind
from gureum.kernel.store.tx import Tx

routes = Routes(history=wire.HISTORY)

_RULES = "os_compute_api:os-keypairs"


def _user(call: Call) -> str:
    return (call.one("user_id") if call.version >= (2, 10) else None) or call.caller.user_id


@routes.get("/v2.1/os-keypairs", f"{_RULES}:index", query=wire.QUERY)
def index(call: Call) -> dict[str, Any]:
    """A user's key pairs."""
    pages = call.version >= (2, 35)
    limit = limit_of(call) if pages else None
    marker = call.one("marker") if pages else None
    found = keypairs.search(call.tx, call.caller, _user(call), marker=marker, limit=limit)
    body = {"keypairs": [wire.brief(pair) for pair in found]}
    return with_next(call, body, "keypairs", limit=limit, marker=found[-1].name) if limit and found else body


@routes.get("/v2.1/os-keypairs/{name}", f"{_RULES}:show", query=wire.ITEM_QUERY)
def show(call: Call, name: str) -> dict[str, Any]:
    """A key pair."""
    return {"keypair": wire.show(keypairs.get(call.tx, call.caller, _user(call), name))}


@routes.post("/v2.1/os-keypairs", f"{_RULES}:create", body=wire.CREATE, tx=TxKind.OWN, status=201)
def create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Keep a public key; without one a pair is made, and its private half is in this answer only."""
    asked = body["keypair"]
    caller, name, kind = call.caller, asked["name"], asked.get("type", "ssh")
    user_id = asked.get("user_id") or caller.user_id
    public, private = asked.get("public_key"), None
    if public is None:
        call.database.read(lambda tx: keypairs.check_new(tx, caller, user_id, name, kind), caller)
        private, public = keys.generate()

    def keep(tx: Tx) -> dict[str, Any]:
        return wire.show_new(keypairs.add(tx, caller, user_id, name, kind, str(public)), private)

    return {"keypair": call.database.write(keep, caller)}


@routes.delete("/v2.1/os-keypairs/{name}", f"{_RULES}:delete", query=wire.ITEM_QUERY)
def delete(call: Call, name: str) -> None:
    """Forget a key pair."""
    keypairs.delete(call.tx, call.caller, _user(call), name)
