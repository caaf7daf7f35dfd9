"""Rules about consoles."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "os_compute_api:os-console-output",
        "rule:project_member_or_admin",
        "POST /servers/{server_id}/action (os-getConsoleOutput)",
    ),
    Rule(
        "os_compute_api:os-remote-consoles",
        "rule:project_member_or_admin",
        "POST /servers/{server_id}/action (os-getSerialConsole)",
    ),
]
