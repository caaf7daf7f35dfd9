"""Rules about projects."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "identity:get_project",
        (
            "(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and "
            "domain_id:%(target.project.domain_id)s and not None:%(target.project.domain_id)s) or "
            "project_id:%(target.project.id)s"
        ),
        "GET /v3/projects/{project_id}",
        scope="system,domain,project",
    ),
    Rule(
        "identity:list_projects",
        (
            "(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and "
            "domain_id:%(target.domain_id)s)"
        ),
        "GET /v3/projects",
        scope="system,domain,project",
    ),
    Rule(
        "identity:list_user_projects",
        (
            "(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and "
            "domain_id:%(target.user.domain_id)s) or user_id:%(target.user.id)s"
        ),
        "GET /v3/users/{user_id}/projects",
        scope="system,domain,project",
    ),
    Rule(
        "identity:create_project",
        (
            "(rule:admin_required) or (role:manager and domain_id:%(target.project.domain_id)s and not "
            "None:%(target.project.domain_id)s)"
        ),
        "POST /v3/projects",
        scope="system,domain,project",
    ),
    Rule(
        "identity:update_project",
        (
            "(rule:admin_required) or (role:manager and domain_id:%(target.project.domain_id)s and not "
            "None:%(target.project.domain_id)s)"
        ),
        "PATCH /v3/projects/{project_id}",
        scope="system,domain,project",
    ),
    Rule(
        "identity:delete_project",
        (
            "(rule:admin_required) or (role:manager and domain_id:%(target.project.domain_id)s and not "
            "None:%(target.project.domain_id)s)"
        ),
        "DELETE /v3/projects/{project_id}",
        scope="system,domain,project",
    ),
    Rule(
        "identity:list_project_tags",
        (
            "(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and "
            "domain_id:%(target.project.domain_id)s and not None:%(target.project.domain_id)s) or "
            "project_id:%(target.project.id)s"
        ),
        "GET /v3/projects/{project_id}/tags ; HEAD /v3/projects/{project_id}/tags",
        scope="system,domain,project",
    ),
    Rule(
        "identity:get_project_tag",
        (
            "(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and "
            "domain_id:%(target.project.domain_id)s and not None:%(target.project.domain_id)s) or "
            "project_id:%(target.project.id)s"
        ),
        "GET /v3/projects/{project_id}/tags/{value} ; HEAD /v3/projects/{project_id}/tags/{value}",
        scope="system,domain,project",
    ),
    Rule(
        "identity:update_project_tags",
        (
            "(rule:admin_required) or (role:manager and domain_id:%(target.project.domain_id)s and not "
            "None:%(target.project.domain_id)s)"
        ),
        "PUT /v3/projects/{project_id}/tags",
        scope="system,domain,project",
    ),
    Rule(
        "identity:create_project_tag",
        (
            "(rule:admin_required) or (role:manager and domain_id:%(target.project.domain_id)s and not "
            "None:%(target.project.domain_id)s)"
        ),
        "PUT /v3/projects/{project_id}/tags/{value}",
        scope="system,domain,project",
    ),
    Rule(
        "identity:delete_project_tags",
        (
            "(rule:admin_required) or (role:manager and domain_id:%(target.project.domain_id)s and not "
            "None:%(target.project.domain_id)s)"
        ),
        "DELETE /v3/projects/{project_id}/tags",
        scope="system,domain,project",
    ),
    Rule(
        "identity:delete_project_tag",
        (
            "(rule:admin_required) or (role:manager and domain_id:%(target.project.domain_id)s and not "
            "None:%(target.project.domain_id)s)"
        ),
        "DELETE /v3/projects/{project_id}/tags/{value}",
        scope="system,domain,project",
    ),
]
