"""Security groups by way of the compute API: what clients before 2.36 still call."""

from collections.abc import Sequence
from typing import Any

from gureum.compute.service import networking
from gureum.compute.service import security_group_proxy as door
from gureum.compute.wire import values
from gureum.compute.wire.formats import FORMATS
from gureum.compute.wire.networking import show_group, show_rule
from gureum.kernel.faults import Invalid
from gureum.kernel.http import Answer, Call, Routes, TxKind, accepted
from gureum.kernel.http.schema import Query, Shapes
from gureum.kernel.numbers import whole
from gureum.kernel.store.tx import Tx
from gureum.network.security_group import SecurityGroup

routes = Routes(until=(2, 35), early=True)
_RULES = "os_compute_api:os-security-groups"
_UUID: values.Schema = {"type": "string", "format": "uuid"}
_QUERY = Query(
    lambda version: values.parameters(
        version,
        limit=values.many(values.NATURAL),
        offset=values.many(values.NATURAL),
        all_tenants=values.many(values.TEXT),
    )
)


def _open(key: str, properties: dict[str, values.Schema], required: list[str]) -> Shapes:
    inner = {"type": "object", "properties": properties, "required": required}
    return Shapes(lambda _: {"type": "object", "properties": {key: inner}, "required": [key]}, FORMATS)


_NAME: values.Schema = {"type": "string", "minLength": 0, "maxLength": 255}
_GROUP = _open("security_group", {"name": _NAME, "description": _NAME}, ["name", "description"])
_RULE = _open(
    "security_group_rule",
    {"group_id": {"type": ["string", "null"], "format": "uuid"}, "parent_group_id": _UUID},
    ["parent_group_id"],
)


def _shown(tx: Tx, call: Call, found: Sequence[SecurityGroup]) -> list[dict[str, Any]]:
    names = networking.names_of_remote_groups(tx, call.caller, found)
    return [show_group(group, names) for group in found]


@routes.get("/v2.1/os-security-groups", f"{_RULES}:get", query=_QUERY, tx=TxKind.OWN)
def index(call: Call) -> dict[str, Any]:
    """The project's groups; the default one is made here when it is asked for before anything else needed it."""
    if not call.database.read(lambda tx: door.has_default(tx, call.caller)):
        call.database.write(lambda tx: door.must_have_default(tx, call.caller), call.caller)
    everybodys = values.truth(call.one("all_tenants")) and call.caller.is_admin
    limit = call.one("limit")

    def read(tx: Tx) -> list[dict[str, Any]]:
        found = door.groups(tx, call.caller, everybodys=everybodys)
        return _shown(tx, call, door.sliced(found, whole(limit) if limit else None, whole(call.one("offset") or 0)))

    return {"security_groups": call.database.read(read, call.caller)}


@routes.get("/v2.1/os-security-groups/{id}", f"{_RULES}:show")
def show(call: Call, id: str) -> dict[str, Any]:
    """One group."""
    return {"security_group": _shown(call.tx, call, [door.get(call.tx, call.caller, id)])[0]}


@routes.post("/v2.1/os-security-groups", f"{_RULES}:create", body=_GROUP)
def create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """A new one."""
    asked = body["security_group"]
    made = door.create(call.tx, call.caller, asked["name"], asked["description"])
    return {"security_group": _shown(call.tx, call, [made])[0]}


@routes.put("/v2.1/os-security-groups/{id}", f"{_RULES}:update", body=_GROUP)
def update(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Name it anew."""
    asked = body["security_group"]
    changed = door.update(call.tx, call.caller, id, asked["name"], asked["description"])
    return {"security_group": _shown(call.tx, call, [changed])[0]}


@routes.delete("/v2.1/os-security-groups/{id}", f"{_RULES}:delete")
def delete(call: Call, id: str) -> Answer:
    """Remove it."""
    door.delete(call.tx, call.caller, id)
    return accepted()


@routes.post("/v2.1/os-security-group-rules", f"{_RULES}:rule:create", body=_RULE)
def create_rule(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Let something in."""
    asked = body["security_group_rule"]
    protocol, cidr = asked.get("ip_protocol"), asked.get("cidr")
    new = door.NewRule(
        group_id=asked["parent_group_id"],
        protocol=None if protocol is None else str(protocol),
        low=_port(asked, "from_port"),
        high=_port(asked, "to_port"),
        cidr=None if cidr is None else str(cidr),
        remote_group_id=asked.get("group_id"),
    )
    made = door.create_rule(call.tx, call.caller, new)
    group = door.get(call.tx, call.caller, new.group_id)
    return {"security_group_rule": show_rule(made, networking.names_of_remote_groups(call.tx, call.caller, [group]))}


def _port(asked: dict[str, Any], name: str) -> int | None:
    value = asked.get(name)
    if value is None:
        return None
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise Invalid(f"Invalid input for {name}. Reason: {value} is not a number.") from None


@routes.delete("/v2.1/os-security-group-rules/{id}", f"{_RULES}:rule:delete")
def delete_rule(call: Call, id: str) -> Answer:
    """Let it in no more."""
    door.delete_rule(call.tx, call.caller, id)
    return accepted()
