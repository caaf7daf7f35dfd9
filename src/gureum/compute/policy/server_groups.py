"""Rules about server groups."""

from gureum.kernel.policy import Rule

RULES = [
    Rule("os_compute_api:os-server-groups:create", "rule:project_member_or_admin", "POST /os-server-groups"),
    Rule(
        "os_compute_api:os-server-groups:delete",
        "rule:project_member_or_admin",
        "DELETE /os-server-groups/{server_group_id}",
    ),
    Rule("os_compute_api:os-server-groups:index", "rule:project_reader_or_admin", "GET /os-server-groups"),
    Rule("os_compute_api:os-server-groups:index:all_projects", "rule:context_is_admin", "GET /os-server-groups"),
    Rule(
        "os_compute_api:os-server-groups:show",
        "rule:project_reader_or_admin",
        "GET /os-server-groups/{server_group_id}",
    ),
]
