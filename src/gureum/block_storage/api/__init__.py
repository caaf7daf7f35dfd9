"""Cinder's API: routes and handlers."""

from gureum.block_storage.api import (
    attachments,
    quotas,
    services,
    types,
    versions,
    volume_actions,
    volume_metadata,
    volumes,
)
from gureum.kernel.http import Api
from gureum.kernel.http.dialects import Cinder

API = Api(
    service="block-storage",
    path="volume",
    port=8776,
    dialect=Cinder(),
    routes=[
        *versions.routes,
        *volumes.routes,
        *volume_actions.routes,
        *volume_metadata.routes,
        *attachments.routes,
        *types.routes,
        *quotas.routes,
        *services.routes,
    ],
    versions=versions.VERSIONS,
    schema_first=True,
)
