"""Volume types, their extra specs, and who sees the private ones."""

from typing import Any

from gureum.block_storage.api import query
from gureum.block_storage.api.paths import ScopedRoutes
from gureum.block_storage.service import type_lists, types
from gureum.block_storage.wire import types as wire
from gureum.block_storage.wire.schemas import true
from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call

routes = ScopedRoutes()
_SPECS = "/types/{id}/extra_specs"
_SPEC = "/types/{id}/extra_specs/{key}"
_RULES = "volume_extension:types_extra_specs"
_ACCESS = "volume_extension:volume_type_access"


@routes.get("/types", "volume_extension:type_get_all")
def index(call: Call) -> dict[str, Any]:
    """Types."""
    found = type_lists.search(
        call.tx,
        call.caller,
        is_public=_public(call),
        sorts=query.sorts(call),
        limit=query.limit(call),
        offset=query.offset(call),
        marker=call.one("marker"),
    )
    body: dict[str, Any] = {"volume_types": [wire.show_access(call, one) for one in found]}
    return body | query.next_page(call, [one.id for one in found], "volume_type")


def _public(call: Call) -> bool | None:
    """Users see public types and those they were given; administrators say, and see the public ones when they do not."""
    text = call.one("is_public")
    if not call.caller.is_admin:
        return True
    if text is None:
        return True
    if text.lower() == "none":
        return None
    try:
        return true_word(text)
    except Invalid:
        raise Invalid(f"Invalid is_public filter [{text}]") from None


def true_word(text: str) -> bool:
    """A boolean in a query. Raises Invalid."""
    return type_lists.truth("is_public", text)


@routes.get("/types/default", "volume_extension:type_get")
def show_default(call: Call) -> dict[str, Any]:
    """The type of volumes that name none."""
    return {"volume_type": wire.show(call, types.show_default(call.tx, call.caller))}


@routes.get("/types/{id}", "volume_extension:type_get")
def show(call: Call, id: str) -> dict[str, Any]:
    """One type."""
    if id == "default":
        return show_default(call)
    return {"volume_type": wire.show_access(call, types.get(call.tx, call.caller, id))}


@routes.post("/types", "volume_extension:type_create", body=wire.CREATE)
def create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Make a type."""
    asked: dict[str, Any] = body["volume_type"]
    name = asked["name"].strip()
    if not name:
        raise Invalid("An invalid 'name' value was provided. The 'name' can not be empty.")
    made = types.create(
        call.tx,
        call.caller,
        name,
        asked.get("description"),
        true(asked.get("os-volume-type-access:is_public", True)),
        asked.get("extra_specs") or {},
    )
    return {"volume_type": wire.made(made)}


@routes.put("/types/{id}", "volume_extension:type_update", body=wire.UPDATE)
def update(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change a type."""
    asked: dict[str, Any] = body["volume_type"]
    values = {name: asked[name] for name in ("name", "description") if asked.get(name) is not None}
    if "is_public" in asked:
        values["is_public"] = true(asked["is_public"])
    if not values:
        raise Invalid("Specify volume type name, description, is_public or a combination thereof.")
    if "name" in values:
        values["name"] = values["name"].strip()
        if not values["name"]:
            raise Invalid("Volume type name can not be empty.")
    return {"volume_type": wire.changed(types.update(call.tx, call.caller, id, values))}


@routes.delete("/types/{id}", "volume_extension:type_delete")
def delete(call: Call, id: str) -> None:
    """Forget a type."""
    types.delete(call.tx, call.caller, id)


@routes.get(_SPECS, f"{_RULES}:index")
def specs(call: Call, id: str) -> dict[str, Any]:
    """Extra specs."""
    return {"extra_specs": types.specs(call.tx, call.caller, id)}


@routes.post(_SPECS, f"{_RULES}:create", body=wire.SET_SPECS)
def add_specs(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Add extra specs."""
    types.change_specs(call.tx, call.caller, id, body["extra_specs"], "create")
    return body


@routes.get(_SPEC, f"{_RULES}:show")
def spec(call: Call, id: str, key: str) -> dict[str, Any]:
    """One extra spec."""
    return {key: types.spec(call.tx, call.caller, id, key)}


@routes.put(_SPEC, f"{_RULES}:update", body=wire.SET_SPEC)
def change_spec(call: Call, id: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    """Set one extra spec."""
    if key not in body:
        raise Invalid("Request body and URI mismatch")
    types.change_specs(call.tx, call.caller, id, body, "update")
    return body


@routes.delete(_SPEC, f"{_RULES}:delete")
def remove_spec(call: Call, id: str, key: str) -> None:
    """Take one extra spec away."""
    types.remove_spec(call.tx, call.caller, id, key)


@routes.get("/types/{id}/os-volume-type-access", f"{_ACCESS}:get_all_for_type")
def access(call: Call, id: str) -> dict[str, Any]:
    """The projects that see a private type."""
    found = types.projects(call.tx, call.caller, id)
    return {"volume_type_access": [{"volume_type_id": id, "project_id": one} for one in found]}


@routes.post(
    "/types/{id}/action", f"{_ACCESS}:addProjectAccess", action="addProjectAccess", body=wire.GRANT, status=202
)
def grant(call: Call, id: str, body: dict[str, Any]) -> None:
    """Let a project see a private type."""
    types.grant(call.tx, call.caller, id, body["addProjectAccess"]["project"])


@routes.post(
    "/types/{id}/action", f"{_ACCESS}:removeProjectAccess", action="removeProjectAccess", body=wire.REVOKE, status=202
)
def revoke(call: Call, id: str, body: dict[str, Any]) -> None:
    """Hide it again."""
    types.revoke(call.tx, call.caller, id, body["removeProjectAccess"]["project"])
