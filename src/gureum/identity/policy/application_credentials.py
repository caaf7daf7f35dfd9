"""Rules about application credentials and their access rules."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "identity:get_application_credential",
        "(rule:admin_required) or (role:reader and system_scope:all) or rule:owner",
        scope="system,project",
    ),
    Rule(
        "identity:list_application_credentials",
        "(rule:admin_required) or (role:reader and system_scope:all) or rule:owner",
        "GET /v3/users/{user_id}/application_credentials ; HEAD /v3/users/{user_id}/application_credentials",
        scope="system,project",
    ),
    Rule(
        "identity:create_application_credential",
        "user_id:%(user_id)s",
        "POST /v3/users/{user_id}/application_credentials",
        scope="project",
    ),
    Rule(
        "identity:delete_application_credential",
        "rule:admin_or_owner",
        "DELETE /v3/users/{user_id}/application_credentials/{application_credential_id}",
        scope="system,project",
    ),
    Rule(
        "identity:get_access_rule",
        "(role:reader and system_scope:all) or user_id:%(target.user.id)s",
        scope="system,project",
    ),
    Rule(
        "identity:list_access_rules",
        "(role:reader and system_scope:all) or user_id:%(target.user.id)s",
        "GET /v3/users/{user_id}/access_rules ; HEAD /v3/users/{user_id}/access_rules",
        scope="system,project",
    ),
    Rule(
        "identity:delete_access_rule",
        "(role:admin and system_scope:all) or user_id:%(target.user.id)s",
        "DELETE /v3/users/{user_id}/access_rules/{access_rule_id}",
        scope="system,project",
    ),
]
