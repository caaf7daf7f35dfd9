"""Metadata of volumes: what owners keep with them, and what came with the image."""

from gureum.block_storage.service import access
from gureum.block_storage.store import volumes as store
from gureum.kernel.caller import Caller
from gureum.kernel.faults import NotFound
from gureum.kernel.store.tx import Tx


def show(tx: Tx, caller: Caller, id: str) -> dict[str, str]:
    """All of it. Raises NotFound, Forbidden."""
    return access.volume(tx, caller, id, "volume:get_volume_metadata").metadata


def one(tx: Tx, caller: Caller, id: str, key: str) -> str:
    """One value. Raises NotFound, Forbidden."""
    values = show(tx, caller, id)
    if key not in values:
        raise _no_key(id, key)
    return values[key]


def add(tx: Tx, caller: Caller, id: str, values: dict[str, str]) -> dict[str, str]:
    """Put values beside those that are there. Raises NotFound, Forbidden."""
    return _put(tx, access.volume(tx, caller, id, "volume:create_volume_metadata").metadata | values, id)


def change(tx: Tx, caller: Caller, id: str, values: dict[str, str]) -> dict[str, str]:
    """Put values beside those that are there. Raises NotFound, Forbidden."""
    return _put(tx, access.volume(tx, caller, id, "volume:update_volume_metadata").metadata | values, id)


def replace(tx: Tx, caller: Caller, id: str, values: dict[str, str]) -> dict[str, str]:
    """Put values in place of all that are there. Raises NotFound, Forbidden."""
    access.volume(tx, caller, id, "volume:update_volume_metadata")
    return _put(tx, values, id)


def remove(tx: Tx, caller: Caller, id: str, key: str) -> None:
    """Take one value away. Raises NotFound, Forbidden."""
    values = dict(access.volume(tx, caller, id, "volume:delete_volume_metadata").metadata)
    if values.pop(key, None) is None:
        raise _no_key(id, key)
    _put(tx, values, id)


def show_image(tx: Tx, caller: Caller, id: str) -> dict[str, str]:
    """What came with the image, and what was set since. Raises NotFound, Forbidden."""
    return access.volume(tx, caller, id, "volume_extension:volume_image_metadata:show").image_metadata


def set_image(tx: Tx, caller: Caller, id: str, values: dict[str, str]) -> dict[str, str]:
    """Put image values beside those that are there. Raises NotFound, Forbidden."""
    volume = access.volume(tx, caller, id, "volume_extension:volume_image_metadata:set")
    merged = volume.image_metadata | values
    store.change(tx, id, image_metadata=merged)
    return merged


def unset_image(tx: Tx, caller: Caller, id: str, key: str) -> None:
    """Take one image value away. Raises NotFound, Forbidden."""
    volume = access.volume(tx, caller, id, "volume_extension:volume_image_metadata:remove")
    values = dict(volume.image_metadata)
    if values.pop(key, None) is None:
        raise NotFound(f"Glance metadata for volume/snapshot {id} cannot be found.")
    store.change(tx, id, image_metadata=values)


def _put(tx: Tx, values: dict[str, str], id: str) -> dict[str, str]:
    store.change(tx, id, metadata=values)
    return values


def _no_key(id: str, key: str) -> NotFound:
    return NotFound(f"Volume {id} has no metadata with key {key}.")
