"""Rules about what is done to servers, where upstream has a resource of its own for it."""

from gureum.kernel.policy import Rule

_MEMBER = "rule:project_member_or_admin"

RULES = [
    Rule(
        "os_compute_api:os-admin-actions:reset_state",
        "rule:context_is_admin",
        "POST /servers/{server_id}/action (os-resetState)",
    ),
    Rule("os_compute_api:os-deferred-delete:force", _MEMBER, "POST /servers/{server_id}/action (forceDelete)"),
    Rule("os_compute_api:os-deferred-delete:restore", _MEMBER, "POST /servers/{server_id}/action (restore)"),
    Rule("os_compute_api:servers:create_image", _MEMBER, "POST /servers/{server_id}/action (createImage)"),
    Rule("os_compute_api:os-lock-server:lock", _MEMBER, "POST /servers/{server_id}/action (lock)"),
    Rule("os_compute_api:os-lock-server:unlock", _MEMBER, "POST /servers/{server_id}/action (unlock)"),
    Rule(
        "os_compute_api:os-lock-server:unlock:unlock_override",
        "rule:context_is_admin",
        "POST /servers/{server_id}/action (unlock)",
    ),
    Rule("os_compute_api:os-pause-server:pause", _MEMBER, "POST /servers/{server_id}/action (pause)"),
    Rule("os_compute_api:os-pause-server:unpause", _MEMBER, "POST /servers/{server_id}/action (unpause)"),
    Rule("os_compute_api:os-suspend-server:resume", _MEMBER, "POST /servers/{server_id}/action (resume)"),
    Rule("os_compute_api:os-suspend-server:suspend", _MEMBER, "POST /servers/{server_id}/action (suspend)"),
]
