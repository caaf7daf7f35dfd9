"""Rules about users."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "identity:get_user",
        (
            "(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and "
            "token.domain.id:%(target.user.domain_id)s) or user_id:%(target.user.id)s"
        ),
        "GET /v3/users/{user_id} ; HEAD /v3/users/{user_id}",
        scope="system,domain,project",
    ),
    Rule(
        "identity:list_users",
        (
            "(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and "
            "domain_id:%(target.domain_id)s)"
        ),
        "GET /v3/users ; HEAD /v3/users",
        scope="system,domain,project",
    ),
    Rule(
        "identity:create_user",
        "(rule:admin_required) or (role:manager and token.domain.id:%(target.user.domain_id)s)",
        "POST /v3/users",
        scope="system,domain,project",
    ),
    Rule(
        "identity:update_user",
        "(rule:admin_required) or (role:manager and token.domain.id:%(target.user.domain_id)s)",
        "PATCH /v3/users/{user_id}",
        scope="system,domain,project",
    ),
    Rule(
        "identity:delete_user",
        "(rule:admin_required) or (role:manager and token.domain.id:%(target.user.domain_id)s)",
        "DELETE /v3/users/{user_id}",
        scope="system,domain,project",
    ),
]
