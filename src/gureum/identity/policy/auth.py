"""Rules about tokens, and those that others are made of."""

from gureum.kernel.policy import Rule

RULES = [
    Rule("admin_required", "role:admin or is_admin:1"),
    Rule("service_role", "role:service"),
    Rule("service_or_admin", "rule:admin_required or rule:service_role"),
    Rule("owner", "user_id:%(user_id)s"),
    Rule("admin_or_owner", "rule:admin_required or rule:owner"),
    Rule("token_subject", "user_id:%(target.token.user_id)s"),
    Rule("admin_or_token_subject", "rule:admin_required or rule:token_subject"),
    Rule("service_admin_or_token_subject", "rule:service_or_admin or rule:token_subject"),
    Rule(
        "domain_managed_target_role",
        "'manager':%(target.role.name)s or 'member':%(target.role.name)s or 'reader':%(target.role.name)s",
    ),
    Rule(
        "identity:check_token",
        "rule:admin_required or (role:reader and system_scope:all) or rule:token_subject",
        "HEAD /v3/auth/tokens",
        scope="system,domain,project",
    ),
    Rule(
        "identity:validate_token",
        "rule:admin_required or (role:reader and system_scope:all) or rule:service_role or rule:token_subject",
        "GET /v3/auth/tokens",
        scope="system,domain,project",
    ),
    Rule(
        "identity:revoke_token",
        "rule:admin_required or rule:token_subject",
        "DELETE /v3/auth/tokens",
        scope="system,domain,project",
    ),
    Rule("identity:get_auth_catalog", "", "GET /v3/auth/catalog ; HEAD /v3/auth/catalog"),
    Rule("identity:get_auth_projects", "", "GET /v3/auth/projects ; HEAD /v3/auth/projects"),
    Rule("identity:get_auth_domains", "", "GET /v3/auth/domains ; HEAD /v3/auth/domains"),
    Rule("identity:get_auth_system", "", "GET /v3/auth/system ; HEAD /v3/auth/system"),
]
