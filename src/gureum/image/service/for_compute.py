"""The door for services that make disks from images: compute and block storage."""

import msgspec

from gureum.contracts.hypervisor import ImageSource
from gureum.image.image import Image
from gureum.image.service import access
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


def with_path(source: ImageSource) -> ImageSource:
    """The source with the path of the bytes, for agents of the same machine. Used when an ask is delivered."""
    return msgspec.structs.replace(source, path=str(files.path_of(source.image_id)))
