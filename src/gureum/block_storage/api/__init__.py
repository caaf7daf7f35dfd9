"""Cinder's API: routes and handlers."""

from gureum.block_storage.api import (
    attachments,
    hosts,
    quotas,
    services,
    snapshot_metadata,
    snapshots,
    transfers,
    types,
    versions,
    volume_actions,
    volume_metadata,
    volumes,
)
from gureum.kernel.http import Api
from gureum.kernel.http.dialects import Cinder
from gureum.kernel.http.manners import Manners, Options

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
        *snapshots.routes,
        *snapshot_metadata.routes,
        *attachments.routes,
        *transfers.routes,
        *types.routes,
        *quotas.routes,
        *services.routes,
        *hosts.routes,
    ],
    versions=versions.VERSIONS,
    schema_first=True,
    manners=Manners(
        head=False,
        options=Options.EMPTY,
        slash=False,
        cuts_json=True,
        undecodable="Error decoding your request. Either the URL or the request body contained characters that could not be "
        "decoded by Cinder.",
    ),
)
