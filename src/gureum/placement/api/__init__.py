"""Placement's API: routes and handlers."""

from gureum.kernel.http import Api
from gureum.kernel.http.dialects import Placement
from gureum.kernel.http.manners import Manners
from gureum.placement.api import (
    aggregates,
    allocations,
    candidates,
    inventories,
    reshaper,
    resource_classes,
    resource_providers,
    traits,
    usages,
    versions,
)

API = Api(
    service="placement",
    path="placement",
    port=8778,
    dialect=Placement(),
    routes=[
        *versions.routes,
        *resource_providers.routes,
        *inventories.routes,
        *allocations.routes,
        *usages.routes,
        *traits.routes,
        *aggregates.routes,
        *resource_classes.routes,
        *candidates.routes,
        *reshaper.routes,
    ],
    versions=versions.VERSIONS,
    manners=Manners(
        head=False, slash=False, versioned=False, strict=True, undecodable="Invalid query string parameters: {}"
    ),
)
