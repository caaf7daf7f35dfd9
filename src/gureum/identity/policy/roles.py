"""Rules about roles and what they imply."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "identity:get_role",
        (
            "(rule:admin_required or (role:reader and system_scope:all)) or (role:manager and "
            "rule:domain_managed_target_role)"
        ),
        "GET /v3/roles/{role_id} ; HEAD /v3/roles/{role_id}",
        scope="system,domain,project",
    ),
    Rule(
        "identity:list_roles",
        "(rule:admin_required or (role:reader and system_scope:all)) or (role:manager and not domain_id:None)",
        "GET /v3/roles ; HEAD /v3/roles",
        scope="system,domain,project",
    ),
    Rule("identity:create_role", "rule:admin_required", "POST /v3/roles", scope="system,project"),
    Rule("identity:update_role", "rule:admin_required", "PATCH /v3/roles/{role_id}", scope="system,project"),
    Rule("identity:delete_role", "rule:admin_required", "DELETE /v3/roles/{role_id}", scope="system,project"),
    Rule(
        "identity:get_domain_role",
        "rule:admin_required or (role:reader and system_scope:all)",
        "GET /v3/roles/{role_id} ; HEAD /v3/roles/{role_id}",
        scope="system,project",
    ),
    Rule(
        "identity:list_domain_roles",
        "rule:admin_required or (role:reader and system_scope:all)",
        "GET /v3/roles?domain_id={domain_id} ; HEAD /v3/roles?domain_id={domain_id}",
        scope="system,project",
    ),
    Rule("identity:create_domain_role", "rule:admin_required", "POST /v3/roles", scope="system,project"),
    Rule("identity:update_domain_role", "rule:admin_required", "PATCH /v3/roles/{role_id}", scope="system,project"),
    Rule("identity:delete_domain_role", "rule:admin_required", "DELETE /v3/roles/{role_id}", scope="system,project"),
    Rule(
        "identity:get_implied_role",
        "rule:admin_required or (role:reader and system_scope:all)",
        "GET /v3/roles/{prior_role_id}/implies/{implied_role_id}",
        scope="system,project",
    ),
    Rule(
        "identity:list_implied_roles",
        "rule:admin_required or (role:reader and system_scope:all)",
        "GET /v3/roles/{prior_role_id}/implies ; HEAD /v3/roles/{prior_role_id}/implies",
        scope="system,project",
    ),
    Rule(
        "identity:create_implied_role",
        "rule:admin_required",
        "PUT /v3/roles/{prior_role_id}/implies/{implied_role_id}",
        scope="system,project",
    ),
    Rule(
        "identity:delete_implied_role",
        "rule:admin_required",
        "DELETE /v3/roles/{prior_role_id}/implies/{implied_role_id}",
        scope="system,project",
    ),
    Rule(
        "identity:list_role_inference_rules",
        "rule:admin_required or (role:reader and system_scope:all)",
        "GET /v3/role_inferences ; HEAD /v3/role_inferences",
        scope="system,project",
    ),
    Rule(
        "identity:check_implied_role",
        "rule:admin_required or (role:reader and system_scope:all)",
        "HEAD /v3/roles/{prior_role_id}/implies/{implied_role_id}",
        scope="system,project",
    ),
]
