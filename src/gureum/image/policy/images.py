"""Rules about images and their bytes."""

from gureum.kernel.policy import Rule

_SEEN = (
    "(project_id:%(project_id)s or project_id:%(member_id)s or 'community':%(visibility)s or 'public':%(visibility)s "
    "or 'shared':%(visibility)s)"
)

RULES = [
    Rule("context_is_admin", "role:admin", ""),
    Rule(
        "add_image",
        "rule:context_is_admin or (role:member and project_id:%(project_id)s and project_id:%(owner)s)",
        "POST /v2/images",
    ),
    Rule(
        "get_image",
        f"rule:context_is_admin or (role:reader and {_SEEN})",
        "GET /v2/images/{image_id}",
    ),
    Rule("get_images", "rule:context_is_admin or (role:reader and project_id:%(project_id)s)", "GET /v2/images"),
    Rule(
        "modify_image",
        "rule:context_is_admin or (role:member and project_id:%(project_id)s)",
        "PATCH /v2/images/{image_id}",
    ),
    Rule(
        "delete_image",
        "rule:context_is_admin or (role:member and project_id:%(project_id)s)",
        "DELETE /v2/images/{image_id}",
    ),
    Rule("publicize_image", "rule:context_is_admin", "PATCH /v2/images/{image_id}"),
    Rule(
        "communitize_image",
        "rule:context_is_admin or (role:member and project_id:%(project_id)s)",
        "PATCH /v2/images/{image_id}",
    ),
    Rule(
        "download_image",
        f"rule:context_is_admin or (role:member and {_SEEN})",
        "GET /v2/images/{image_id}/file",
    ),
    Rule(
        "upload_image",
        "rule:context_is_admin or (role:member and project_id:%(project_id)s)",
        "PUT /v2/images/{image_id}/file",
    ),
    Rule(
        "deactivate",
        "rule:context_is_admin or (role:member and project_id:%(project_id)s)",
        "POST /v2/images/{image_id}/actions/deactivate",
    ),
    Rule(
        "reactivate",
        "rule:context_is_admin or (role:member and project_id:%(project_id)s)",
        "POST /v2/images/{image_id}/actions/reactivate",
    ),
]
