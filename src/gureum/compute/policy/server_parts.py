"""Rules about what a server has: metadata, tags, addresses, volumes, interfaces, security groups."""

from gureum.kernel.policy import Rule

RULES = [
    Rule("os_compute_api:ips:index", "rule:project_reader_or_admin", "GET /servers/{server_id}/ips"),
    Rule("os_compute_api:ips:show", "rule:project_reader_or_admin", "GET /servers/{server_id}/ips/{network_label}"),
    Rule(
        "os_compute_api:os-attach-interfaces:create",
        "rule:project_member_or_admin",
        "POST /servers/{server_id}/os-interface",
    ),
    Rule(
        "os_compute_api:os-attach-interfaces:delete",
        "rule:project_member_or_admin",
        "DELETE /servers/{server_id}/os-interface/{port_id}",
    ),
    Rule(
        "os_compute_api:os-attach-interfaces:list",
        "rule:project_reader_or_admin",
        "GET /servers/{server_id}/os-interface",
    ),
    Rule(
        "os_compute_api:os-attach-interfaces:show",
        "rule:project_reader_or_admin",
        "GET /servers/{server_id}/os-interface/{port_id}",
    ),
    Rule(
        "os_compute_api:os-security-groups:add",
        "rule:project_member_or_admin",
        "POST /servers/{server_id}/action (addSecurityGroup)",
    ),
    Rule(
        "os_compute_api:os-security-groups:list",
        "rule:project_reader_or_admin",
        "GET /servers/{server_id}/os-security-groups",
    ),
    Rule(
        "os_compute_api:os-security-groups:remove",
        "rule:project_member_or_admin",
        "POST /servers/{server_id}/action (removeSecurityGroup)",
    ),
    Rule(
        "os_compute_api:os-server-tags:delete", "rule:project_member_or_admin", "DELETE /servers/{server_id}/tags/{tag}"
    ),
    Rule(
        "os_compute_api:os-server-tags:delete_all", "rule:project_member_or_admin", "DELETE /servers/{server_id}/tags"
    ),
    Rule("os_compute_api:os-server-tags:index", "rule:project_reader_or_admin", "GET /servers/{server_id}/tags"),
    Rule("os_compute_api:os-server-tags:show", "rule:project_reader_or_admin", "GET /servers/{server_id}/tags/{tag}"),
    Rule("os_compute_api:os-server-tags:update", "rule:project_member_or_admin", "PUT /servers/{server_id}/tags/{tag}"),
    Rule("os_compute_api:os-server-tags:update_all", "rule:project_member_or_admin", "PUT /servers/{server_id}/tags"),
    Rule(
        "os_compute_api:os-volumes-attachments:create",
        "rule:project_member_or_admin",
        "POST /servers/{server_id}/os-volume_attachments",
    ),
    Rule(
        "os_compute_api:os-volumes-attachments:delete",
        "rule:project_member_or_admin",
        "DELETE /servers/{server_id}/os-volume_attachments/{volume_id}",
    ),
    Rule(
        "os_compute_api:os-volumes-attachments:index",
        "rule:project_reader_or_admin",
        "GET /servers/{server_id}/os-volume_attachments",
    ),
    Rule(
        "os_compute_api:os-volumes-attachments:show",
        "rule:project_reader_or_admin",
        "GET /servers/{server_id}/os-volume_attachments/{volume_id}",
    ),
    Rule(
        "os_compute_api:os-volumes-attachments:swap",
        "rule:service_or_admin",
        "PUT /servers/{server_id}/os-volume_attachments/{volume_id}",
    ),
    Rule(
        "os_compute_api:os-volumes-attachments:update",
        "rule:project_member_or_admin",
        "PUT /servers/{server_id}/os-volume_attachments/{volume_id}",
    ),
    Rule("os_compute_api:server-metadata:create", "rule:project_member_or_admin", "POST /servers/{server_id}/metadata"),
    Rule(
        "os_compute_api:server-metadata:delete",
        "rule:project_member_or_admin",
        "DELETE /servers/{server_id}/metadata/{key}",
    ),
    Rule("os_compute_api:server-metadata:index", "rule:project_reader_or_admin", "GET /servers/{server_id}/metadata"),
    Rule(
        "os_compute_api:server-metadata:show", "rule:project_reader_or_admin", "GET /servers/{server_id}/metadata/{key}"
    ),
    Rule(
        "os_compute_api:server-metadata:update",
        "rule:project_member_or_admin",
        "PUT /servers/{server_id}/metadata/{key}",
    ),
    Rule(
        "os_compute_api:server-metadata:update_all", "rule:project_member_or_admin", "PUT /servers/{server_id}/metadata"
    ),
]
