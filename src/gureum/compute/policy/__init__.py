"""Policy rules, upstream's names and defaults, a module a resource."""

from gureum.compute.policy import (
    aggregates,
    checks,
    consoles,
    flavors,
    hosts,
    keypairs,
    proxies,
    quotas,
    server_actions,
    server_groups,
    server_history,
    server_parts,
    servers,
)
from gureum.kernel.policy import Rule

_ALL = (
    *aggregates.RULES,
    *checks.RULES,
    *consoles.RULES,
    *flavors.RULES,
    *hosts.RULES,
    *keypairs.RULES,
    *proxies.RULES,
    *quotas.RULES,
    *server_actions.RULES,
    *server_groups.RULES,
    *server_history.RULES,
    *server_parts.RULES,
    *servers.RULES,
)

# upstream opens every operation of compute to tokens of projects only; the rules that others are made of are open to any
RULES: list[Rule] = [
    rule._replace(scope="project") if rule.name.startswith(("os_compute_api:", "compute:", "network:")) else rule
    for rule in _ALL
]
