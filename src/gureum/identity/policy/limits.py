"""Rules about limits that an operator keeps here for the services."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "identity:get_registered_limit",
        "",
        "GET /v3/registered_limits/{registered_limit_id} ; HEAD /v3/registered_limits/{registered_limit_id}",
        scope="system,domain,project",
    ),
    Rule(
        "identity:list_registered_limits",
        "",
        "GET /v3/registered_limits ; HEAD /v3/registered_limits",
        scope="system,domain,project",
    ),
    Rule(
        "identity:create_registered_limits", "rule:admin_required", "POST /v3/registered_limits", scope="system,project"
    ),
    Rule(
        "identity:update_registered_limit",
        "rule:admin_required",
        "PATCH /v3/registered_limits/{registered_limit_id}",
        scope="system,project",
    ),
    Rule(
        "identity:delete_registered_limit",
        "rule:admin_required",
        "DELETE /v3/registered_limits/{registered_limit_id}",
        scope="system,project",
    ),
    Rule("identity:get_limit_model", "", "GET /v3/limits/model ; HEAD /v3/limits/model", scope="system,domain,project"),
    Rule(
        "identity:get_limit",
        (
            "rule:admin_required or (role:reader and system_scope:all) or (domain_id:%(target.limit.domain.id)s "
            "or domain_id:%(target.limit.project.domain_id)s) or (project_id:%(target.limit.project_id)s and not "
            "None:%(target.limit.project_id)s)"
        ),
        "GET /v3/limits/{limit_id} ; HEAD /v3/limits/{limit_id}",
        scope="system,domain,project",
    ),
    Rule("identity:list_limits", "", "GET /v3/limits ; HEAD /v3/limits", scope="system,domain,project"),
    Rule("identity:create_limits", "rule:admin_required", "POST /v3/limits", scope="system,project"),
    Rule("identity:update_limit", "rule:admin_required", "PATCH /v3/limits/{limit_id}", scope="system,project"),
    Rule("identity:delete_limit", "rule:admin_required", "DELETE /v3/limits/{limit_id}", scope="system,project"),
]
