"""Extra specs of flavors, and who may use private ones."""

from typing import Any

from gureum.compute.service import flavors
from gureum.compute.wire import flavor_parts as wire
from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call, Routes

routes = Routes(early=True)

_SPECS = "os_compute_api:os-flavor-extra-specs"
_ACCESS = "os_compute_api:os-flavor-access"


@routes.get("/v2.1/flavors/{id}/os-extra_specs", f"{_SPECS}:index", query=wire.SPECS_QUERY)
def specs(call: Call, id: str) -> dict[str, Any]:
    """A flavor's extra specs."""
    return {"extra_specs": flavors.get(call.tx, call.caller, id).extra_specs}


@routes.post("/v2.1/flavors/{id}/os-extra_specs", f"{_SPECS}:create", body=wire.CREATE_SPECS)
def add_specs(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Add extra specs, or change them."""
    wire.must_be_known(body["extra_specs"], call.version)
    flavors.set_specs(call.tx, call.caller, id, body["extra_specs"], "create")
    return body


@routes.get("/v2.1/flavors/{id}/os-extra_specs/{key}", f"{_SPECS}:show")
def show_spec(call: Call, id: str, key: str) -> dict[str, Any]:
    """One extra spec."""
    return {key: flavors.spec_of(call.tx, call.caller, id, key)}


@routes.put("/v2.1/flavors/{id}/os-extra_specs/{key}", f"{_SPECS}:update", body=wire.UPDATE_SPEC)
def change_spec(call: Call, id: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change one extra spec."""
    if key not in body:
        raise Invalid("Request body and URI mismatch")
    wire.must_be_known(body, call.version)
    flavors.set_specs(call.tx, call.caller, id, body, "update")
    return body


@routes.delete("/v2.1/flavors/{id}/os-extra_specs/{key}", f"{_SPECS}:delete", status=200)
def drop_spec(call: Call, id: str, key: str) -> None:
    """Take one extra spec away."""
    flavors.drop_spec(call.tx, call.caller, id, key)


@routes.get("/v2.1/flavors/{id}/os-flavor-access", _ACCESS)
def access(call: Call, id: str) -> dict[str, Any]:
    """Who may use a private flavor."""
    return wire.show_access(id, flavors.access(call.tx, call.caller, id))


@routes.post(
    "/v2.1/flavors/{id}/action", f"{_ACCESS}:add_tenant_access", action="addTenantAccess", body=wire.ADD_ACCESS
)
def allow(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Let a project use a private flavor."""
    project_id = body["addTenantAccess"]["tenant"]
    return wire.show_access(id, flavors.allow(call.tx, call.caller, id, project_id))


@routes.post(
    "/v2.1/flavors/{id}/action", f"{_ACCESS}:remove_tenant_access", action="removeTenantAccess", body=wire.REMOVE_ACCESS
)
def disallow(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Take a private flavor from a project."""
    project_id = body["removeTenantAccess"]["tenant"]
    return wire.show_access(id, flavors.disallow(call.tx, call.caller, id, project_id))
