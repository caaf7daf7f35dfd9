"""Policy rules, upstream's names and defaults, a module a resource."""

from gureum.compute.policy import checks, consoles, server_history, server_parts, servers
from gureum.kernel.policy import Rule

RULES: list[Rule] = [
    *checks.RULES,
    *consoles.RULES,
    *server_history.RULES,
    *server_parts.RULES,
    *servers.RULES,
]
