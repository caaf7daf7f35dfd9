"""Rules about host aggregates and availability zones."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "os_compute_api:os-aggregates:add_host",
        "rule:context_is_admin",
        "POST /os-aggregates/{aggregate_id}/action (add_host)",
    ),
    Rule("os_compute_api:os-aggregates:create", "rule:context_is_admin", "POST /os-aggregates"),
    Rule("os_compute_api:os-aggregates:delete", "rule:context_is_admin", "DELETE /os-aggregates/{aggregate_id}"),
    Rule("os_compute_api:os-aggregates:index", "rule:context_is_admin", "GET /os-aggregates"),
    Rule(
        "os_compute_api:os-aggregates:remove_host",
        "rule:context_is_admin",
        "POST /os-aggregates/{aggregate_id}/action (remove_host)",
    ),
    Rule(
        "os_compute_api:os-aggregates:set_metadata",
        "rule:context_is_admin",
        "POST /os-aggregates/{aggregate_id}/action (set_metadata)",
    ),
    Rule("os_compute_api:os-aggregates:show", "rule:context_is_admin", "GET /os-aggregates/{aggregate_id}"),
    Rule("os_compute_api:os-aggregates:update", "rule:context_is_admin", "PUT /os-aggregates/{aggregate_id}"),
    Rule("os_compute_api:os-availability-zone:detail", "rule:context_is_admin", "GET /os-availability-zone/detail"),
    Rule("os_compute_api:os-availability-zone:list", "@", "GET /os-availability-zone"),
]
