"""Rules about what belongs to other services and is reached through this one by old clients."""

from gureum.kernel.policy import Rule

_MEMBER, _READER = "rule:project_member_or_admin", "rule:project_reader_or_admin"
_VOLUMES, _SNAPSHOTS = "os_compute_api:os-volumes", "os_compute_api:os-volumes:snapshots"
_FLOATING, _GROUPS = "os_compute_api:os-floating-ips", "os_compute_api:os-security-groups"

RULES = [
    Rule("os_compute_api:extensions", "@", "GET /extensions ; GET /extensions/{alias}"),
    Rule(f"{_VOLUMES}:list", _READER, "GET /os-volumes"),
    Rule(f"{_VOLUMES}:detail", _READER, "GET /os-volumes/detail"),
    Rule(f"{_VOLUMES}:show", _READER, "GET /os-volumes/{volume_id}"),
    Rule(f"{_VOLUMES}:create", _MEMBER, "POST /os-volumes"),
    Rule(f"{_VOLUMES}:delete", _MEMBER, "DELETE /os-volumes/{volume_id}"),
    Rule(f"{_SNAPSHOTS}:list", _READER, "GET /os-snapshots"),
    Rule(f"{_SNAPSHOTS}:detail", _READER, "GET /os-snapshots/detail"),
    Rule(f"{_SNAPSHOTS}:show", _READER, "GET /os-snapshots/{snapshot_id}"),
    Rule(f"{_SNAPSHOTS}:create", _MEMBER, "POST /os-snapshots"),
    Rule(f"{_SNAPSHOTS}:delete", _MEMBER, "DELETE /os-snapshots/{snapshot_id}"),
    Rule("os_compute_api:os-networks:list", _READER, "GET /os-networks"),
    Rule("os_compute_api:os-networks:show", _READER, "GET /os-networks/{network_id}"),
    Rule("os_compute_api:os-tenant-networks:list", _READER, "GET /os-tenant-networks"),
    Rule("os_compute_api:os-tenant-networks:show", _READER, "GET /os-tenant-networks/{network_id}"),
    Rule("os_compute_api:os-floating-ip-pools", "@", "GET /os-floating-ip-pools"),
    Rule(f"{_FLOATING}:list", _READER, "GET /os-floating-ips"),
    Rule(f"{_FLOATING}:show", _READER, "GET /os-floating-ips/{floating_ip_id}"),
    Rule(f"{_FLOATING}:create", _MEMBER, "POST /os-floating-ips"),
    Rule(f"{_FLOATING}:delete", _MEMBER, "DELETE /os-floating-ips/{floating_ip_id}"),
    Rule(f"{_FLOATING}:add", _MEMBER, "POST /servers/{server_id}/action (addFloatingIp)"),
    Rule(f"{_FLOATING}:remove", _MEMBER, "POST /servers/{server_id}/action (removeFloatingIp)"),
    Rule(f"{_GROUPS}:get", _READER, "GET /os-security-groups"),
    Rule(f"{_GROUPS}:show", _READER, "GET /os-security-groups/{security_group_id}"),
    Rule(f"{_GROUPS}:create", _MEMBER, "POST /os-security-groups"),
    Rule(f"{_GROUPS}:update", _MEMBER, "PUT /os-security-groups/{security_group_id}"),
    Rule(f"{_GROUPS}:delete", _MEMBER, "DELETE /os-security-groups/{security_group_id}"),
    Rule(f"{_GROUPS}:rule:create", _MEMBER, "POST /os-security-group-rules"),
    Rule(f"{_GROUPS}:rule:delete", _MEMBER, "DELETE /os-security-group-rules/{security_group_id}"),
]
