"""Policy rules, upstream's names and defaults, a module a resource."""

from gureum.compute.policy import (
    aggregates,
    checks,
    consoles,
    flavors,
    hosts,
    keypairs,
    quotas,
    server_history,
    server_parts,
    servers,
)
from gureum.kernel.policy import Rule

RULES: list[Rule] = [
    *aggregates.RULES,
    *checks.RULES,
    *consoles.RULES,
    *flavors.RULES,
    *hosts.RULES,
    *keypairs.RULES,
    *quotas.RULES,
    *server_history.RULES,
    *server_parts.RULES,
    *servers.RULES,
]
