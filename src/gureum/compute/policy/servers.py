"""Rules about servers."""

from gureum.kernel.policy import Rule

RULES = [
    Rule("compute:servers:create:requested_destination", "rule:context_is_admin", "POST /servers"),
    Rule(
        "network:attach_external_network",
        "rule:context_is_admin",
        "POST /servers ; POST /servers/{server_id}/os-interface",
    ),
    Rule(
        "os_compute_api:os-extended-server-attributes",
        "rule:context_is_admin",
        "GET /servers/{id} ; GET /servers/detail ; PUT /servers/{server_id} ; POST /servers/{server_id}/action (rebuild)",
    ),
    Rule("os_compute_api:servers:allow_all_filters", "rule:context_is_admin", "GET /servers ; GET /servers/detail"),
    Rule("os_compute_api:servers:create", "rule:project_member_or_admin", "POST /servers"),
    Rule("os_compute_api:servers:create:attach_network", "rule:project_member_or_admin", "POST /servers"),
    Rule("os_compute_api:servers:create:attach_volume", "rule:project_member_or_admin", "POST /servers"),
    Rule("os_compute_api:servers:create:forced_host", "rule:context_is_admin", "POST /servers"),
    Rule("os_compute_api:servers:create:trusted_certs", "rule:project_member_or_admin", "POST /servers"),
    Rule("os_compute_api:servers:create:zero_disk_flavor", "rule:context_is_admin", "POST /servers"),
    Rule("os_compute_api:servers:delete", "rule:project_member_or_admin", "DELETE /servers/{server_id}"),
    Rule("os_compute_api:servers:detail", "rule:project_reader_or_admin", "GET /servers/detail"),
    Rule("os_compute_api:servers:detail:get_all_tenants", "rule:context_is_admin", "GET /servers/detail"),
    Rule("os_compute_api:servers:index", "rule:project_reader_or_admin", "GET /servers"),
    Rule("os_compute_api:servers:index:get_all_tenants", "rule:context_is_admin", "GET /servers"),
    Rule("os_compute_api:servers:reboot", "rule:project_member_or_admin", "POST /servers/{server_id}/action (reboot)"),
    Rule(
        "os_compute_api:servers:rebuild", "rule:project_member_or_admin", "POST /servers/{server_id}/action (rebuild)"
    ),
    Rule(
        "os_compute_api:servers:rebuild:trusted_certs",
        "rule:project_member_or_admin",
        "POST /servers/{server_id}/action (rebuild)",
    ),
    Rule("os_compute_api:servers:show", "rule:project_reader_or_admin", "GET /servers/{server_id}"),
    Rule(
        "os_compute_api:servers:show:flavor-extra-specs",
        "rule:project_reader_or_admin",
        "GET /servers/detail ; GET /servers/{server_id} ; PUT /servers/{server_id} ; POST /servers/{server_id}/action (rebuild)",
    ),
    Rule(
        "os_compute_api:servers:show:host_status",
        "rule:context_is_admin",
        "GET /servers/{server_id} ; GET /servers/detail ; PUT /servers/{server_id} ; POST /servers/{server_id}/action (rebuild)",
    ),
    Rule(
        "os_compute_api:servers:show:host_status:unknown-only",
        "rule:context_is_admin",
        "GET /servers/{server_id} ; GET /servers/detail ; PUT /servers/{server_id} ; POST /servers/{server_id}/action (rebuild)",
    ),
    Rule("os_compute_api:servers:start", "rule:project_member_or_admin", "POST /servers/{server_id}/action (os-start)"),
    Rule("os_compute_api:servers:stop", "rule:project_member_or_admin", "POST /servers/{server_id}/action (os-stop)"),
    Rule("os_compute_api:servers:update", "rule:project_member_or_admin", "PUT /servers/{server_id}"),
]
