"""Nova's API: routes and handlers."""

from gureum.compute.api import (
    aggregates,
    compute_services,
    consoles,
    flavor_parts,
    flavors,
    gone,
    hypervisors,
    keypairs,
    limits,
    server_actions,
    server_groups,
    server_history,
    server_metadata,
    server_network,
    server_volumes,
    servers,
    usage,
    versions,
)
from gureum.kernel.http import Api
from gureum.kernel.http.dialects import Nova
from gureum.kernel.http.manners import Manners, Options

API = Api(
    service="compute",
    path="compute",
    port=8774,
    dialect=Nova(),
    routes=[
        *versions.routes,
        *flavors.routes,
        *flavor_parts.routes,
        *keypairs.routes,
        *compute_services.routes,
        *hypervisors.routes,
        *aggregates.routes,
        *limits.routes,
        *usage.routes,
        *gone.routes,
        *servers.routes,
        *server_actions.routes,
        *server_groups.routes,
        *consoles.routes,
        *server_metadata.routes,
        *server_volumes.routes,
        *server_network.routes,
        *server_history.routes,
    ],
    versions=versions.VERSIONS,
    schema_first=True,
    manners=Manners(
        head=False,
        options=Options.EMPTY,
        slash=False,
        reads=frozenset({"application/json", "text/plain"}),
        undecodable="Query string is not UTF-8 encoded",
        looks=True,
    ),
)
