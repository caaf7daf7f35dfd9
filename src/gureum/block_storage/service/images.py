"""What volumes take from images."""

import math

import msgspec

from gureum.contracts.volumes import EnsureVolume
from gureum.image.image import Image
from gureum.image.service import for_compute as images
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid, NotFound
from gureum.kernel.ids import is_uuid
from gureum.kernel.store.tx import Tx

_GIB = 1024**3
ABOUT_IMAGE = (
    "image_id",
    "image_name",
    "checksum",
    "container_format",
    "disk_format",
    "min_disk",
    "min_ram",
    "size",
)
"""What a volume keeps of its image besides the image's properties."""


def usable(tx: Tx, caller: Caller, reference: str, size: int) -> Image:
    """The image that a volume of `size` GiB is to be made of. Raises Invalid for one that is unknown, not active or too large."""
    id = reference.rpartition("/")[2]
    try:
        if not is_uuid(id):
            raise NotFound("")
        image = images.get(tx, caller, id)
    except NotFound:
        raise Invalid("Invalid image identifier or unable to access requested image.") from None
    except Invalid as fault:
        raise Invalid(f"Invalid input received: {fault.message}") from None
    needed = math.ceil(max(image.size or 0, image.virtual_size or 0) / _GIB)
    if needed > size:
        raise Invalid(
            f"Invalid input received: Size of specified image {needed}GB is larger than volume size {size}GB."
        )
    if image.min_disk > size:
        raise Invalid(
            f"Invalid input received: Volume size {size}GB cannot be smaller than the image minDisk size "
            f"{image.min_disk}GB."
        )
    return image


def remembered(image: Image) -> dict[str, str]:
    """What a volume keeps of its image."""
    values = (image.id, image.name, *(getattr(image, name) for name in ABOUT_IMAGE[2:]))
    plain = dict(zip(ABOUT_IMAGE, values, strict=True))
    return {name: str(value) for name, value in plain.items() if value is not None} | dict(image.properties)


def with_path(tx: Tx, body: EnsureVolume) -> EnsureVolume:
    """The statement as it is delivered: with the path of the image's bytes."""
    return body if body.image is None else msgspec.structs.replace(body, image=images.with_path(body.image))
