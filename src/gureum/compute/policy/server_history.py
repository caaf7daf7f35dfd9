"""Rules about what happened to a server."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "os_compute_api:os-instance-actions:events",
        "rule:context_is_admin",
        "GET /servers/{server_id}/os-instance-actions/{request_id}",
    ),
    Rule(
        "os_compute_api:os-instance-actions:events:details",
        "rule:context_is_admin",
        "GET /servers/{server_id}/os-instance-actions/{request_id}",
    ),
    Rule(
        "os_compute_api:os-instance-actions:list",
        "rule:project_reader_or_admin",
        "GET /servers/{server_id}/os-instance-actions",
    ),
    Rule(
        "os_compute_api:os-instance-actions:show",
        "rule:project_reader_or_admin",
        "GET /servers/{server_id}/os-instance-actions/{request_id}",
    ),
]
