"""Policy rules, upstream's names and defaults, a module a resource."""

from gureum.kernel.policy import Rule
from gureum.network.policy import (
    elements,
    floating_ips,
    networks,
    operators,
    ports,
    routers,
    security_groups,
    subnets,
)

RULES: list[Rule] = [
    *elements.RULES,
    *networks.RULES,
    *subnets.RULES,
    *ports.RULES,
    *routers.RULES,
    *floating_ips.RULES,
    *security_groups.RULES,
    *operators.RULES,
]
