"""Giving bytes out."""

from typing import BinaryIO

from gureum.image.image import Image
from gureum.image.service import access
from gureum.image.store import files
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Forbidden, Unavailable
from gureum.kernel.store.tx import Tx


def open_bytes(tx: Tx, caller: Caller, id: str) -> tuple[Image, BinaryIO | None]:
    """An image and its bytes, None while it has none. Raises NotFound, Forbidden."""
    image = access.get(tx, caller, id)
    if image.status == "deactivated" and not caller.is_admin:
        raise Forbidden("The requested image has been deactivated. Image data download is forbidden.")
    access.demand("download_image", caller, image)
    if image.size is None or image.status not in ("active", "deactivated"):
        return image, None
    try:
        return image, files.open_bytes(image.id)
    except OSError as error:
        raise Unavailable("The image's bytes cannot be read.", cause=repr(error)) from None
