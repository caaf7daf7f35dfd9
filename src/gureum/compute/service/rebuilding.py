"""Rebuilding servers: another root disk, and what else may be other with it."""

from dataclasses import dataclass, field
from typing import Any

from gureum.compute.flows import RebuildServer
from gureum.compute.server import Server
from gureum.compute.service import access, metadata
from gureum.compute.service import new_server_checks as checks
from gureum.compute.service.new_servers import from_image, new_password
from gureum.compute.store import actions, keypairs
from gureum.compute.store import servers as store
from gureum.image.image import Image
from gureum.image.service import for_compute as images
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid, NotFound
from gureum.kernel.flow import intend
from gureum.kernel.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuild:
    """`values` are columns of the server that shall be other, personality and metadata among them. `another_key`: `key_name`
    is another key pair's name, or None for none."""

    image_id: str
    admin_password: str | None = None
    another_key: bool = False
    key_name: str | None = None
    values: dict[str, Any] = field(default_factory=dict[str, Any])


def rebuild(tx: Tx, caller: Caller, id: str, asked: Rebuild) -> tuple[Server, str]:
    """Have a server get a fresh root disk from an image; gives it with the password that it will have.

    Raises NotFound, Forbidden, Invalid, Conflict, OverQuota.
    """
    server = access.get_unlocked(tx, caller, id, "os_compute_api:servers:rebuild")
    server.must_be("rebuild", "active", "stopped", "error")
    server.must_be_ready()
    image = _image(tx, caller, server, asked.image_id)
    if "metadata" in asked.values:
        metadata.check_quota(tx, server.project_id, asked.values["metadata"])
    checks.personality(tx, caller, asked.values.get("personality", {}))
    password = asked.admin_password or new_password()
    values = asked.values | from_image(tx, image) | {"admin_password": password, "task_state": "rebuilding"}
    if asked.another_key:
        values |= _key(tx, server, asked.key_name)
    store.change(tx, id, **values, incarnation=server.incarnation + 1)
    action = actions.begin(tx, id, "rebuild")
    intend(tx, RebuildServer, id, action=action, boots=server.boots + 1, stopped=server.vm_state == "stopped")
    return store.get(tx, id), password


def _image(tx: Tx, caller: Caller, server: Server, id: str) -> Image:
    if not server.image_id:
        raise Invalid("Unable to rebuild with a different image for a volume-backed server.")
    try:
        image = images.get(tx, caller, id)
    except NotFound:
        raise Invalid("Cannot find image for rebuild", name="ImageNotFound") from None
    checks.fits(image, server.ram, server.flavor["disk"])
    return image


def _key(tx: Tx, server: Server, name: str | None) -> dict[str, Any]:
    """The key pair is its owner's, whoever asks."""
    if name is None:
        return {"key_name": None, "key": None}
    found = keypairs.find(tx, server.user_id, name)
    if found is None:
        raise Invalid("Invalid key_name provided.", name="KeypairNotFound")
    return {"key_name": found.name, "key": found.public_key}
