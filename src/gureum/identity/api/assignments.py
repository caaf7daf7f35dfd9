"""The list of role assignments."""

from typing import Any

from gureum.identity.api import lists
from gureum.identity.service import assignments, names
from gureum.identity.wire import assignments as wire
from gureum.kernel.http import Call, Routes

routes = Routes(most_bytes=lists.MOST_BYTES)


@routes.get("/v3/role_assignments", "identity:list_role_assignments")
def index(call: Call) -> dict[str, Any]:
    """Who has which role where."""
    system = call.one("scope.system")
    asked = assignments.Asked(
        user=call.one("user.id"),
        group=call.one("group.id"),
        role=call.one("role.id"),
        project=call.one("scope.project.id"),
        domain=call.one("scope.domain.id"),
        system=system is not None and lists.flag(system),
        inherited=call.one("scope.OS-INHERIT:inherited_to") == "projects",
        effective=lists.switched(call, "effective"),
        subtree=lists.switched(call, "include_subtree"),
    )
    found = assignments.search(call.tx, call.caller, asked)
    known = wire.Names()
    if lists.switched(call, "include_names"):
        known = wire.Names(names.of_assignments(call.tx, (one.assignment for one in found)))
    return lists.render(call, "role_assignments", [wire.show(one, call.base_url, known) for one in found])
