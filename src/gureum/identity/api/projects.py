"""Projects."""

from typing import Any

import msgspec

from gureum.identity.service import projects
from gureum.identity.wire import projects as wire
from gureum.kernel.http import Call, Routes

routes = Routes()


@routes.post("/v3/projects", "identity:create_project", body=wire.CreateProject, status=201)
def create(call: Call, body: wire.CreateProject) -> dict[str, Any]:
    """Make a project."""
    asked = body.project
    domain_id = asked.domain_id or call.caller.domain_id or call.caller.project_domain_id or "default"
    project = projects.new(
        asked.name,
        domain_id,
        description=asked.description or "",
        enabled=asked.enabled,
        tags=asked.tags,
        options=msgspec.to_builtins(asked.options) if asked.options else {},
    )
    return {"project": wire.show(projects.create(call.tx, call.caller, project), call.base_url)}


@routes.get("/v3/projects/{project_id}", "identity:get_project")
def show(call: Call, project_id: str) -> dict[str, Any]:
    """One project."""
    return {"project": wire.show(projects.get(call.tx, call.caller, project_id), call.base_url)}
