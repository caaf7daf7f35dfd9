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

_OWN = frozenset({"project_id", "tenant_id"})
_NETWORKS_OWN = frozenset({"network:project_id"})
_SHARED, _EXTERNAL = frozenset({"shared"}), frozenset({"router:external"})
LISTS = {
    "get_network": (_OWN, _SHARED, _EXTERNAL),
    "get_subnet": (_OWN, _NETWORKS_OWN, _SHARED, _EXTERNAL),
    "get_port": (_OWN, _NETWORKS_OWN),
    "get_router": (_OWN,),
    "get_floatingip": (_OWN,),
    "get_security_group": (_OWN, _SHARED),  # none is shared
    "get_security_group_rule": (frozenset({"security_group:project_id", "tenant_id"}),),
}
"""The rules that decide over the rows of lists, and what their SQL can ask of a row."""
