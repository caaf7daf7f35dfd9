"""Images of servers."""

from gureum.compute.flows import SnapshotServer
from gureum.compute.server import Server
from gureum.compute.service import access
from gureum.compute.store import actions
from gureum.compute.store import servers as store
from gureum.image.service import for_compute as images
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid
from gureum.kernel.flow import intend
from gureum.kernel.store.tx import Tx

_NOT_INHERITED = (
    "cache_in_nova",
    "bittorrent",
    "img_signature",
    "img_signature_hash_method",
    "img_signature_key_type",
    "img_signature_certificate_uuid",
)


def create(tx: Tx, caller: Caller, id: str, name: str, metadata: dict[str, str]) -> str:
    """Begin to make an image of a server's root disk; gives the image's id. Raises NotFound, Forbidden, Conflict, TooLarge."""
    server = access.get(tx, caller, id, "os_compute_api:servers:create_image")
    if not server.image_source:
        raise Invalid("Images of servers that boot from a volume are not made; make a snapshot of the volume instead.")
    server.must_be("createImage", "active", "stopped", "paused", "suspended")
    server.must_be_ready()
    image = images.new_snapshot(
        tx,
        caller,
        name=name,
        properties=_properties(caller, server) | metadata,
        min_disk=server.flavor["disk"],
        min_ram=0,
    )
    store.change(tx, id, task_state="image_snapshot_pending")
    intend(tx, SnapshotServer, id, action=actions.begin(tx, id, "createImage"), image=image.id)
    return image.id


def _properties(caller: Caller, server: Server) -> dict[str, str]:
    kept = {name: str(value) for name, value in server.image_properties.items() if name not in _NOT_INHERITED}
    return kept | {
        "base_image_ref": server.image_id,
        "boot_roles": ",".join(caller.roles),
        "image_location": "snapshot",
        "image_state": "available",
        "image_type": "snapshot",
        "instance_uuid": server.id,
        "owner_id": server.project_id,
        "owner_project_name": caller.project_name or "",
        "owner_user_name": caller.user_name,
        "user_id": caller.user_id,
    }
