"""Nova's API: routes and handlers."""

from gureum.compute.api import flavor_parts, flavors, keypairs, versions
from gureum.kernel.http import Api
from gureum.kernel.http.dialects import Nova

API = Api(
    service="compute",
    path="compute",
    port=8774,
    dialect=Nova(),
    routes=[*versions.routes, *flavors.routes, *flavor_parts.routes, *keypairs.routes],
    versions=versions.VERSIONS,
    schema_first=True,
)
