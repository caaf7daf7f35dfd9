"""Images on the wire."""

from typing import Any

from gureum.image.image import Image
from gureum.image.wire import bodies
from gureum.kernel.clock import iso_seconds
from gureum.kernel.faults import Forbidden, Invalid

STORE = "fs"
"""The id of the one store."""
FAILURE = "os_glance_failed_upload"
"""The property that says why the last upload came to nothing."""
RESERVED_PREFIX = "os_glance_"
READ_ONLY = (
    *("created_at", "updated_at", "status", "checksum", "size", "virtual_size", "os_hash_algo", "os_hash_value"),
    *("direct_url", "self", "file", "schema", "stores"),
)
RESERVED = ("locations", "location", "deleted", "deleted_at")
_OWN_NAMES = {"os_hidden": "hidden"}
_ATTRIBUTES = (
    *("id", "name", "visibility", "protected", "os_hidden", "owner", "tags"),
    *("container_format", "disk_format", "min_disk", "min_ram"),
)


def new(raw: bytes) -> dict[str, Any]:
    """What `service.images.create` takes, from the body of POST /v2/images. Raises Invalid, Forbidden."""
    body = bodies.parse(raw)
    if not isinstance(body, dict):
        raise Invalid("Unexpected body type. Expected list/dict.")
    attributes: dict[str, Any] = dict(body)  # pyright: ignore[reportUnknownArgumentType]
    for name in attributes:
        if name in READ_ONLY:
            raise Forbidden(f"Attribute '{name}' is read-only.")
        if name in RESERVED:
            bodies.check_image(attributes)
            raise Forbidden(f"Attribute '{name}' is reserved.")
    bodies.check_image(attributes)
    for name in attributes:
        if name.startswith(RESERVED_PREFIX):
            raise Forbidden(f"Attribute '{name}' is reserved.", standing=True)
    values = {_OWN_NAMES.get(name, name): attributes.pop(name) for name in _ATTRIBUTES if name in attributes}
    values["tags"] = tuple(values.get("tags", ()))
    return values | {"properties": attributes}


def show(image: Image) -> dict[str, Any]:
    """An image as it is shown."""
    shown: dict[str, Any] = dict(image.properties)
    if image.failure is not None:
        shown[FAILURE] = image.failure
    path = f"/v2/images/{image.id}"
    shown |= {
        "name": image.name,
        "disk_format": image.disk_format,
        "container_format": image.container_format,
        "visibility": image.visibility,
        "size": image.size,
        "virtual_size": image.virtual_size,
        "status": image.status,
        "checksum": image.checksum,
        "protected": image.protected,
        "min_ram": image.min_ram,
        "min_disk": image.min_disk,
        "owner": image.owner,
        "os_hidden": image.hidden,
        "os_hash_algo": None if image.hash_value is None else "sha512",
        "os_hash_value": image.hash_value,
        "id": image.id,
        "created_at": iso_seconds(image.created_at),
        "updated_at": iso_seconds(image.updated_at),
        "tags": list(image.tags),
        "self": path,
        "file": f"{path}/file",
        "schema": "/v2/schemas/image",
    }
    if image.status in ("active", "deactivated"):
        shown["stores"] = STORE
    return shown
