"""Rules about compute services and hypervisors."""

from gureum.kernel.policy import Rule

RULES = [
    Rule("os_compute_api:os-hosts:list", "rule:context_is_admin", "GET /os-hosts"),
    Rule("os_compute_api:os-hosts:show", "rule:context_is_admin", "GET /os-hosts/{host_name}"),
    Rule("os_compute_api:os-hosts:update", "rule:context_is_admin", "PUT /os-hosts/{host_name}"),
    Rule("os_compute_api:os-hosts:reboot", "rule:context_is_admin", "GET /os-hosts/{host_name}/reboot"),
    Rule("os_compute_api:os-hosts:shutdown", "rule:context_is_admin", "GET /os-hosts/{host_name}/shutdown"),
    Rule("os_compute_api:os-hosts:start", "rule:context_is_admin", "GET /os-hosts/{host_name}/startup"),
    Rule("os_compute_api:os-hypervisors:list", "rule:context_is_admin", "GET /os-hypervisors"),
    Rule("os_compute_api:os-hypervisors:list-detail", "rule:context_is_admin", "GET /os-hypervisors/details"),
    Rule(
        "os_compute_api:os-hypervisors:search",
        "rule:context_is_admin",
        "GET /os-hypervisors/{hypervisor_hostname_pattern}/search",
    ),
    Rule(
        "os_compute_api:os-hypervisors:servers",
        "rule:context_is_admin",
        "GET /os-hypervisors/{hypervisor_hostname_pattern}/servers",
    ),
    Rule("os_compute_api:os-hypervisors:show", "rule:context_is_admin", "GET /os-hypervisors/{hypervisor_id}"),
    Rule("os_compute_api:os-hypervisors:statistics", "rule:context_is_admin", "GET /os-hypervisors/statistics"),
    Rule("os_compute_api:os-hypervisors:uptime", "rule:context_is_admin", "GET /os-hypervisors/{hypervisor_id}/uptime"),
    Rule("os_compute_api:os-services:delete", "rule:context_is_admin", "DELETE /os-services/{service_id}"),
    Rule("os_compute_api:os-services:list", "rule:context_is_admin", "GET /os-services"),
    Rule("os_compute_api:os-services:update", "rule:context_is_admin", "PUT /os-services/{service_id}"),
]
