"""The door for services that make disks from images: compute and block storage."""

import msgspec

from gureum.contracts.hypervisor import ImageSource
from gureum.image.image import Image
from gureum.image.service import access
from gureum.image.service import images as new_images
from gureum.image.store import files, images
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid, NotFound
from gureum.kernel.store.tx import Tx


def get(tx: Tx, caller: Caller, image_id: str) -> Image:
    """An image that the caller may boot or copy now.

    Raises NotFound for one that the caller does not see, Invalid ("is not active") for one without bytes or deactivated.
    """
    image = show(tx, caller, image_id)
    if image.status != "active":
        raise Invalid(f"Image {image_id} is not active.", name="ImageNotActive")
    return image


def show(tx: Tx, caller: Caller, image_id: str) -> Image:
    """An image in any state. Raises NotFound for one that the caller does not see."""
    image = images.find(tx, image_id)
    if image is None or not access.sees(tx, caller, image):
        raise NotFound(f"Image {image_id} could not be found.", name="ImageNotFound")
    return image


def source(tx: Tx, image_id: str) -> ImageSource:
    """What a host is told of an image; `path` stays empty until delivery (`with_path`). Raises NotFound."""
    image = images.find(tx, image_id)
    if image is None or image.hash_value is None or image.size is None:
        raise NotFound(f"Image {image_id} could not be found.", name="ImageNotFound")
    return ImageSource(image_id=image.id, sha512=image.hash_value, size=image.size, format=image.disk_format or "raw")


def new_snapshot(
    tx: Tx, caller: Caller, *, name: str, properties: dict[str, str], min_disk: int, min_ram: int
) -> Image:
    """A private image without bytes, which an agent will send (`receiving`). Raises Forbidden, Invalid, TooLarge."""
    return new_images.create(
        tx,
        caller,
        name=name,
        visibility="private",
        disk_format="qcow2",
        container_format="bare",
        min_disk=min_disk,
        min_ram=min_ram,
        properties=properties,
    )


def has_bytes(tx: Tx, image_id: str) -> bool:
    """Whether an image has its bytes."""
    image = images.find(tx, image_id)
    return image is not None and image.status in ("active", "deactivated")


def discard(tx: Tx, image_id: str) -> None:
    """Forget an image that never got its bytes; one that did stays."""
    if images.find(tx, image_id) is not None and not has_bytes(tx, image_id):
        images.remove(tx, image_id)


def discard_snapshots(tx: Tx, server_id: str) -> None:
    """Forget a server's snapshots that never got their bytes."""
    for image_id in images.unfinished_with(tx, {"instance_uuid": server_id, "image_type": "snapshot"}):
        discard(tx, image_id)


def with_path(source: ImageSource) -> ImageSource:
    """The source with the path of the bytes, for agents of the same machine. Used when an ask is delivered."""
    return msgspec.structs.replace(source, path=str(files.path_of(source.image_id)))
