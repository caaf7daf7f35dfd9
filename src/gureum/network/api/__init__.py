"""Neutron's API: routes and handlers."""

from gureum.kernel.http import Api
from gureum.kernel.http.dialects import Neutron
from gureum.kernel.http.manners import Manners, Options
from gureum.network.api import (
    discovery,
    floating_ips,
    networks,
    operators,
    ports,
    routers,
    security_groups,
    subnets,
    tags,
)

API = Api(
    service="network",
    path="network",
    port=9696,
    dialect=Neutron(),
    routes=[
        *discovery.routes,
        *networks.routes,
        *subnets.routes,
        *ports.routes,
        *routers.routes,
        *floating_ips.routes,
        *security_groups.routes,
        *tags.routes,
        *operators.routes,
    ],
    manners=Manners(head=False, options=Options.AS_GET, cuts_json=True),
)
