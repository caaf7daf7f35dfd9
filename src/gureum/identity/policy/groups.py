"""Rules about groups and who is in them."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "identity:get_group",
        (
            "(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and "
            "domain_id:%(target.group.domain_id)s)"
        ),
        "GET /v3/groups/{group_id} ; HEAD /v3/groups/{group_id}",
        scope="system,domain,project",
    ),
    Rule(
        "identity:list_groups",
        (
            "(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and "
            "domain_id:%(target.group.domain_id)s)"
        ),
        "GET /v3/groups ; HEAD /v3/groups",
        scope="system,domain,project",
    ),
    Rule(
        "identity:list_groups_for_user",
        (
            "(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and "
            "domain_id:%(target.user.domain_id)s) or user_id:%(user_id)s"
        ),
        "GET /v3/users/{user_id}/groups ; HEAD /v3/users/{user_id}/groups",
        scope="system,domain,project",
    ),
    Rule(
        "identity:create_group",
        "(rule:admin_required) or (role:manager and domain_id:%(target.group.domain_id)s)",
        "POST /v3/groups",
        scope="system,domain,project",
    ),
    Rule(
        "identity:update_group",
        "(rule:admin_required) or (role:manager and domain_id:%(target.group.domain_id)s)",
        "PATCH /v3/groups/{group_id}",
        scope="system,domain,project",
    ),
    Rule(
        "identity:delete_group",
        "(rule:admin_required) or (role:manager and domain_id:%(target.group.domain_id)s)",
        "DELETE /v3/groups/{group_id}",
        scope="system,domain,project",
    ),
    Rule(
        "identity:list_users_in_group",
        (
            "(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and "
            "domain_id:%(target.group.domain_id)s)"
        ),
        "GET /v3/groups/{group_id}/users ; HEAD /v3/groups/{group_id}/users",
        scope="system,domain,project",
    ),
    Rule(
        "identity:remove_user_from_group",
        (
            "(rule:admin_required) or (role:manager and domain_id:%(target.group.domain_id)s and "
            "domain_id:%(target.user.domain_id)s)"
        ),
        "DELETE /v3/groups/{group_id}/users/{user_id}",
        scope="system,domain,project",
    ),
    Rule(
        "identity:check_user_in_group",
        (
            "(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and "
            "domain_id:%(target.group.domain_id)s and domain_id:%(target.user.domain_id)s)"
        ),
        "HEAD /v3/groups/{group_id}/users/{user_id} ; GET /v3/groups/{group_id}/users/{user_id}",
        scope="system,domain,project",
    ),
    Rule(
        "identity:add_user_to_group",
        (
            "(rule:admin_required) or (role:manager and domain_id:%(target.group.domain_id)s and "
            "domain_id:%(target.user.domain_id)s)"
        ),
        "PUT /v3/groups/{group_id}/users/{user_id}",
        scope="system,domain,project",
    ),
]
