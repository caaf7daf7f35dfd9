"""Nova's API: routes and handlers."""

from gureum.compute.api import (
    consoles,
    flavor_parts,
    flavors,
    keypairs,
    server_actions,
    server_history,
    server_metadata,
    server_network,
    server_volumes,
    servers,
    versions,
)
from gureum.kernel.http import Api
from gureum.kernel.http.dialects import Nova

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
        *servers.routes,
        *server_actions.routes,
        *consoles.routes,
        *server_metadata.routes,
        *server_volumes.routes,
        *server_network.routes,
        *server_history.routes,
    ],
    versions=versions.VERSIONS,
    schema_first=True,
)
