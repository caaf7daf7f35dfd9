"""Quotas, quota classes and limits."""

from typing import Any

from gureum.compute.service import limits
from gureum.compute.wire import limits as wire
from gureum.compute.wire import values
from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call, Routes

routes = Routes()

_RULES = "os_compute_api:os-quota-sets"
_CLASS_RULES = "os_compute_api:os-quota-class-sets"


def _not_of_a_user(call: Call) -> None:
    if call.one("user_id"):
        raise Invalid("Quotas are of projects here, not of users.")


@routes.get("/v2.1/os-quota-sets/{id}", f"{_RULES}:show", query=wire.USER_QUERY)
def show(call: Call, id: str) -> dict[str, Any]:
    """A project's limits."""
    return wire.show(limits.show(call.tx, call.caller, id), call.version, id)


@routes.get("/v2.1/os-quota-sets/{id}/defaults", f"{_RULES}:defaults")
def defaults(call: Call, id: str) -> dict[str, Any]:
    """The limits that a project begins with."""
    return wire.show(limits.defaults(call.tx, call.caller, id), call.version, id)


@routes.get("/v2.1/os-quota-sets/{id}/detail", f"{_RULES}:detail", query=wire.USER_QUERY)
def detail(call: Call, id: str) -> dict[str, Any]:
    """A project's limits and what it uses of them."""
    return wire.show_detail(limits.detail(call.tx, call.caller, id), call.version, id)


@routes.put("/v2.1/os-quota-sets/{id}", f"{_RULES}:update", query=wire.USER_QUERY, body=wire.UPDATE)
def update(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Give a project limits."""
    call.demand(f"{_RULES}:update")
    _not_of_a_user(call)
    asked = body["quota_set"]
    force = values.truth(asked.get("force", False))
    return wire.show(limits.update(call.tx, call.caller, id, wire.asked(asked), force=force), call.version)


@routes.delete("/v2.1/os-quota-sets/{id}", f"{_RULES}:delete", query=wire.USER_QUERY, status=202)
def reset(call: Call, id: str) -> None:
    """Give a project the defaults again."""
    call.demand(f"{_RULES}:delete")
    _not_of_a_user(call)
    limits.reset(call.tx, call.caller, id)


@routes.get("/v2.1/os-quota-class-sets/{id}", f"{_CLASS_RULES}:show")
def show_class(call: Call, id: str) -> dict[str, Any]:
    """The limits of a quota class."""
    return wire.show_class(limits.show_class(call.tx, call.caller, id), call.version, id)


@routes.put("/v2.1/os-quota-class-sets/{id}", f"{_CLASS_RULES}:update", body=wire.CLASS_UPDATE)
def update_class(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change the limits of a quota class."""
    wanted = wire.asked(body["quota_class_set"])
    return wire.show_class(limits.update_class(call.tx, call.caller, id, wanted), call.version)


@routes.get("/v2.1/limits", "os_compute_api:limits", query=wire.LIMITS_QUERY, early=True)
def index(call: Call) -> dict[str, Any]:
    """What the caller's project may have and has."""
    return wire.show_limits(limits.of_caller(call.tx, call.caller, call.one("tenant_id")), call.version)
