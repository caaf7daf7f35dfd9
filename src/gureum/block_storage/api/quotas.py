"""Quotas and limits."""

from typing import Any

from gureum.block_storage.api.paths import ScopedRoutes
from gureum.block_storage.service import quotas
from gureum.block_storage.service.filters import truth
from gureum.block_storage.wire import quotas as wire
from gureum.kernel.http import Call

routes = ScopedRoutes()
_SHOW = "volume_extension:quotas:show"


@routes.get("/os-quota-sets/{id}", _SHOW)
def show(call: Call, id: str) -> dict[str, Any]:
    """A project's limits, with what it uses where that is asked for."""
    limits: dict[str, Any] = dict(quotas.show(call.tx, call.caller, id))
    usage = call.one("usage")
    if usage is not None and truth("usage", usage):
        limits = wire.with_usage(limits, quotas.usage(call.tx, id))
    return {"quota_set": limits | {"id": id}}


@routes.get("/os-quota-sets/{id}/defaults", _SHOW)
def defaults(call: Call, id: str) -> dict[str, Any]:
    """The limits of who has none of their own."""
    return {"quota_set": quotas.show_defaults(call.tx, call.caller, id) | {"id": id}}


@routes.put("/os-quota-sets/{id}", "volume_extension:quotas:update", body=wire.UPDATE)
def update(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Set limits."""
    asked = wire.asked(body["quota_set"])
    quotas.must_be_known(call.tx, asked, "quota set")
    return {"quota_set": quotas.update(call.tx, call.caller, id, wire.amounts(asked))}


@routes.delete("/os-quota-sets/{id}", "volume_extension:quotas:delete", status=200)
def reset(call: Call, id: str) -> None:
    """Give back the defaults."""
    quotas.reset(call.tx, call.caller, id)


@routes.get("/os-quota-class-sets/{name}", "volume_extension:quota_classes:get")
def show_class(call: Call, name: str) -> dict[str, Any]:
    """The limits of a quota class."""
    return {"quota_class_set": quotas.show_class(call.tx, call.caller, name) | {"id": name}}


@routes.put("/os-quota-class-sets/{name}", "volume_extension:quota_classes:update", body=wire.UPDATE_CLASS)
def update_class(call: Call, name: str, body: dict[str, Any]) -> dict[str, Any]:
    """Set the limits of a quota class."""
    asked = wire.asked(body["quota_class_set"])
    quotas.must_be_known(call.tx, asked, "quota class set")
    return {"quota_class_set": quotas.update_class(call.tx, call.caller, name, wire.amounts(asked))}


@routes.get("/limits", "limits_extension:used_limits")
def limits(call: Call) -> dict[str, Any]:
    """The caller's limits and what of them is used."""
    project_id = call.caller.project_id or ""
    asked = call.one("project_id")
    if asked and call.version >= (3, 39) and call.caller.is_admin:
        project_id = asked
    call.demand("limits_extension:used_limits", {"project_id": project_id})
    found = quotas.of_service(call.tx).of(call.tx, project_id)
    return {"limits": {"rate": [], "absolute": wire.absolute(found, quotas.usage(call.tx, project_id))}}
