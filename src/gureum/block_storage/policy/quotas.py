"""Rules about quotas and limits."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "volume_extension:quotas:show",
        "rule:xena_system_admin_or_project_reader",
        "GET /os-quota-sets/{project_id}; "
        "GET /os-quota-sets/{project_id}/default; "
        "GET /os-quota-sets/{project_id}?usage=True",
    ),
    Rule(
        "volume_extension:quotas:update",
        "rule:admin_api",
        "PUT /os-quota-sets/{project_id}",
    ),
    Rule(
        "volume_extension:quotas:delete",
        "rule:admin_api",
        "DELETE /os-quota-sets/{project_id}",
    ),
    Rule(
        "volume_extension:quota_classes:get",
        "rule:admin_api",
        "GET /os-quota-class-sets/{project_id}",
    ),
    Rule(
        "volume_extension:quota_classes:update",
        "rule:admin_api",
        "PUT /os-quota-class-sets/{project_id}",
    ),
    Rule(
        "limits_extension:used_limits",
        "rule:xena_system_admin_or_project_reader",
        "GET /limits",
    ),
]
