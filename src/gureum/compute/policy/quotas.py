"""Rules about quotas, limits, usage and the list of extensions."""

from gureum.kernel.policy import Rule

RULES = [
    Rule("os_compute_api:extensions", "@", "GET /extensions ; GET /extensions/{alias}"),
    Rule("os_compute_api:limits", "@", "GET /limits"),
    Rule("os_compute_api:limits:other_project", "rule:context_is_admin", "GET /limits"),
    Rule("os_compute_api:os-quota-class-sets:show", "rule:context_is_admin", "GET /os-quota-class-sets/{quota_class}"),
    Rule(
        "os_compute_api:os-quota-class-sets:update", "rule:context_is_admin", "PUT /os-quota-class-sets/{quota_class}"
    ),
    Rule("os_compute_api:os-quota-sets:defaults", "@", "GET /os-quota-sets/{tenant_id}/defaults"),
    Rule("os_compute_api:os-quota-sets:delete", "rule:context_is_admin", "DELETE /os-quota-sets/{tenant_id}"),
    Rule(
        "os_compute_api:os-quota-sets:detail", "rule:project_reader_or_admin", "GET /os-quota-sets/{tenant_id}/detail"
    ),
    Rule("os_compute_api:os-quota-sets:show", "rule:project_reader_or_admin", "GET /os-quota-sets/{tenant_id}"),
    Rule("os_compute_api:os-quota-sets:update", "rule:context_is_admin", "PUT /os-quota-sets/{tenant_id}"),
    Rule("os_compute_api:os-simple-tenant-usage:list", "rule:context_is_admin", "GET /os-simple-tenant-usage"),
    Rule(
        "os_compute_api:os-simple-tenant-usage:show",
        "rule:project_reader_or_admin",
        "GET /os-simple-tenant-usage/{tenant_id}",
    ),
]
