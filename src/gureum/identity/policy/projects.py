"""Rules about projects."""

from gureum.kernel.policy import Rule

_DOMAIN_MANAGER = (
    "(rule:admin_required) or (role:manager and domain_id:%(target.project.domain_id)s "
    "and not None:%(target.project.domain_id)s)"
)

RULES = [
    Rule(
        "identity:get_project",
        "(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and "
        "domain_id:%(target.project.domain_id)s and not None:%(target.project.domain_id)s) or "
        "project_id:%(target.project.id)s",
        "GET /v3/projects/{project_id}",
    ),
    Rule(
        "identity:list_projects",
        "(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and domain_id:%(target.domain_id)s)",
        "GET /v3/projects",
    ),
    Rule("identity:create_project", _DOMAIN_MANAGER, "POST /v3/projects"),
    Rule("identity:update_project", _DOMAIN_MANAGER, "PATCH /v3/projects/{project_id}"),
    Rule("identity:delete_project", _DOMAIN_MANAGER, "DELETE /v3/projects/{project_id}"),
]
