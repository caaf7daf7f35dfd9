"""Images by way of the compute API, as clients before 2.36 have them: the image service's door, in this service's words."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from gureum.compute.service.metadata import check_quota
from gureum.image.change import Change
from gureum.image.image import Image
from gureum.image.search import Page, Search
from gureum.image.service import images
from gureum.kernel.caller import Caller
from gureum.kernel.faults import NotFound
from gureum.kernel.store.tx import Tx

T = TypeVar("T")


def search(tx: Tx, caller: Caller, wanted: Search, page: Page) -> list[Image]:
    """A page of images. Raises Invalid for an unknown marker, Forbidden."""
    return images.search(tx, caller, wanted, page)


def get(tx: Tx, caller: Caller, id: str) -> Image:
    """An image. Raises NotFound."""
    return _found(lambda: images.get(tx, caller, id))


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Forget an image. Raises NotFound, Forbidden."""
    _found(lambda: images.delete(tx, caller, id))


def _found(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except NotFound:
        raise NotFound("Image not found.") from None


def item(tx: Tx, caller: Caller, id: str, key: str) -> str:
    """One item of an image's metadata. Raises NotFound."""
    return _item(get(tx, caller, id), key)


def _item(image: Image, key: str) -> str:
    if key not in image.properties:
        raise NotFound("Metadata item was not found")
    return image.properties[key]


def add(tx: Tx, caller: Caller, id: str, items: Mapping[str, str]) -> dict[str, str]:
    """Write more items on an image; all of them after it. Raises NotFound, Forbidden, OverQuota."""
    return _write(tx, caller, get(tx, caller, id), get(tx, caller, id).properties | dict(items))


def replace(tx: Tx, caller: Caller, id: str, items: Mapping[str, str]) -> dict[str, str]:
    """Write exactly these. Raises NotFound, Forbidden, OverQuota."""
    return _write(tx, caller, get(tx, caller, id), dict(items))


def remove(tx: Tx, caller: Caller, id: str, key: str) -> None:
    """Take one item away. Raises NotFound, Forbidden."""
    image = get(tx, caller, id)
    _item(image, key)
    images.update(tx, caller, id, [Change("remove", key)])


def _write(tx: Tx, caller: Caller, image: Image, items: dict[str, str]) -> dict[str, str]:
    check_quota(tx, caller.project_id or "", items)
    steps = [Change("remove", name) for name in image.properties if name not in items]
    steps += [Change("add", name, value=value) for name, value in items.items() if image.properties.get(name) != value]
    return images.update(tx, caller, image.id, steps).properties
