"""Rules about members of images."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "add_member",
        "rule:context_is_admin or (role:member and project_id:%(project_id)s)",
        "POST /v2/images/{image_id}/members",
    ),
    Rule(
        "get_member",
        "rule:context_is_admin or role:reader and (project_id:%(project_id)s or project_id:%(member_id)s)",
        "GET /v2/images/{image_id}/members/{member_id}",
    ),
    Rule(
        "get_members",
        "rule:context_is_admin or role:reader and (project_id:%(project_id)s or project_id:%(member_id)s)",
        "GET /v2/images/{image_id}/members",
    ),
    Rule(
        "modify_member",
        "rule:context_is_admin or (role:member and project_id:%(member_id)s)",
        "PUT /v2/images/{image_id}/members/{member_id}",
    ),
    Rule(
        "delete_member",
        "rule:context_is_admin or (role:member and project_id:%(project_id)s)",
        "DELETE /v2/images/{image_id}/members/{member_id}",
    ),
]
