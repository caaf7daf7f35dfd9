"""Rules about who has which role where."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "identity:check_grant",
        (
            "(rule:admin_required) or ((role:reader and system_scope:all) or ((role:reader and "
            "domain_id:%(target.user.domain_id)s and domain_id:%(target.project.domain_id)s) or (role:reader and "
            "domain_id:%(target.user.domain_id)s and domain_id:%(target.domain.id)s) or (role:reader and "
            "domain_id:%(target.group.domain_id)s and domain_id:%(target.project.domain_id)s) or (role:reader and "
            "domain_id:%(target.group.domain_id)s and domain_id:%(target.domain.id)s)) and "
            "(domain_id:%(target.role.domain_id)s or None:%(target.role.domain_id)s))"
        ),
        scope="system,domain,project",
    ),
    Rule(
        "identity:list_grants",
        (
            "(rule:admin_required) or ((role:reader and system_scope:all) or (role:reader and "
            "domain_id:%(target.user.domain_id)s and domain_id:%(target.project.domain_id)s) or (role:reader and "
            "domain_id:%(target.user.domain_id)s and domain_id:%(target.domain.id)s) or (role:reader and "
            "domain_id:%(target.group.domain_id)s and domain_id:%(target.project.domain_id)s) or (role:reader and "
            "domain_id:%(target.group.domain_id)s and domain_id:%(target.domain.id)s))"
        ),
        scope="system,domain,project",
    ),
    Rule(
        "identity:create_grant",
        (
            "(rule:admin_required) or ((role:admin and domain_id:%(target.user.domain_id)s and "
            "domain_id:%(target.project.domain_id)s) or (role:admin and domain_id:%(target.user.domain_id)s and "
            "domain_id:%(target.domain.id)s) or (role:admin and domain_id:%(target.group.domain_id)s and "
            "domain_id:%(target.project.domain_id)s) or (role:admin and domain_id:%(target.group.domain_id)s and "
            "domain_id:%(target.domain.id)s)) and (domain_id:%(target.role.domain_id)s or "
            "None:%(target.role.domain_id)s) or ((role:manager and domain_id:%(target.user.domain_id)s and "
            "domain_id:%(target.project.domain_id)s) or (role:manager and domain_id:%(target.user.domain_id)s and "
            "domain_id:%(target.domain.id)s) or (role:manager and domain_id:%(target.group.domain_id)s and "
            "domain_id:%(target.project.domain_id)s) or (role:manager and domain_id:%(target.group.domain_id)s "
            "and domain_id:%(target.domain.id)s)) and rule:domain_managed_target_role"
        ),
        scope="system,domain,project",
    ),
    Rule(
        "identity:revoke_grant",
        (
            "(rule:admin_required) or ((role:admin and domain_id:%(target.user.domain_id)s and "
            "domain_id:%(target.project.domain_id)s) or (role:admin and domain_id:%(target.user.domain_id)s and "
            "domain_id:%(target.domain.id)s) or (role:admin and domain_id:%(target.group.domain_id)s and "
            "domain_id:%(target.project.domain_id)s) or (role:admin and domain_id:%(target.group.domain_id)s and "
            "domain_id:%(target.domain.id)s)) and (domain_id:%(target.role.domain_id)s or "
            "None:%(target.role.domain_id)s) or ((role:manager and domain_id:%(target.user.domain_id)s and "
            "domain_id:%(target.project.domain_id)s) or (role:manager and domain_id:%(target.user.domain_id)s and "
            "domain_id:%(target.domain.id)s) or (role:manager and domain_id:%(target.group.domain_id)s and "
            "domain_id:%(target.project.domain_id)s) or (role:manager and domain_id:%(target.group.domain_id)s "
            "and domain_id:%(target.domain.id)s)) and rule:domain_managed_target_role"
        ),
        scope="system,domain,project",
    ),
    Rule(
        "identity:list_system_grants_for_user",
        "rule:admin_required or (role:reader and system_scope:all)",
        "HEAD /v3/system/users/{user_id}/roles ; GET /v3/system/users/{user_id}/roles",
        scope="system,project",
    ),
    Rule(
        "identity:check_system_grant_for_user",
        "rule:admin_required or (role:reader and system_scope:all)",
        "HEAD /v3/system/users/{user_id}/roles/{role_id} ; GET /v3/system/users/{user_id}/roles/{role_id}",
        scope="system,project",
    ),
    Rule(
        "identity:create_system_grant_for_user",
        "rule:admin_required",
        "PUT /v3/system/users/{user_id}/roles/{role_id}",
        scope="system,project",
    ),
    Rule(
        "identity:revoke_system_grant_for_user",
        "rule:admin_required",
        "DELETE /v3/system/users/{user_id}/roles/{role_id}",
        scope="system,project",
    ),
    Rule(
        "identity:list_system_grants_for_group",
        "rule:admin_required or (role:reader and system_scope:all)",
        "HEAD /v3/system/groups/{group_id}/roles ; GET /v3/system/groups/{group_id}/roles",
        scope="system,project",
    ),
    Rule(
        "identity:check_system_grant_for_group",
        "rule:admin_required or (role:reader and system_scope:all)",
        "HEAD /v3/system/groups/{group_id}/roles/{role_id} ; GET /v3/system/groups/{group_id}/roles/{role_id}",
        scope="system,project",
    ),
    Rule(
        "identity:create_system_grant_for_group",
        "rule:admin_required",
        "PUT /v3/system/groups/{group_id}/roles/{role_id}",
        scope="system,project",
    ),
    Rule(
        "identity:revoke_system_grant_for_group",
        "rule:admin_required",
        "DELETE /v3/system/groups/{group_id}/roles/{role_id}",
        scope="system,project",
    ),
    Rule(
        "identity:list_role_assignments",
        (
            "(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and "
            "domain_id:%(target.domain_id)s and not None:%(target.domain_id)s)"
        ),
        "GET /v3/role_assignments ; HEAD /v3/role_assignments",
        scope="system,domain,project",
    ),
    Rule(
        "identity:list_role_assignments_for_tree",
        (
            "(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and "
            "domain_id:%(target.domain_id)s and not None:%(target.domain_id)s)"
        ),
        "GET /v3/role_assignments?include_subtree ; HEAD /v3/role_assignments?include_subtree",
        scope="system,domain,project",
    ),
]
