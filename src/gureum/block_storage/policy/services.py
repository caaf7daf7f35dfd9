"""Rules about services and pools."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "volume_extension:hosts",
        "rule:admin_api",
        "GET /os-hosts; PUT /os-hosts/{host_name}; GET /os-hosts/{host_id}",
    ),
    Rule("volume_extension:capabilities", "rule:admin_api", "GET /capabilities/{host_name}"),
    Rule(
        "volume_extension:services:index",
        "rule:admin_api",
        "GET /os-services",
    ),
    Rule(
        "volume_extension:services:update",
        "rule:admin_api",
        "PUT /os-services/{action}",
    ),
    Rule(
        "scheduler_extension:scheduler_stats:get_pools",
        "rule:admin_api",
        "GET /scheduler-stats/get_pools",
    ),
]
