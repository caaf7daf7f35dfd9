"""What clients say about the disks of a new server."""

from typing import Any

from gureum.compute.block_device import VolumeMapping
from gureum.compute.wire.values import truth
from gureum.kernel.faults import Invalid
from gureum.kernel.numbers import whole

_INVALID = "Block Device Mapping is Invalid: "


def mapped(said: dict[str, Any]) -> tuple[str, list[VolumeMapping]]:
    """The image that is the local root disk (empty: none), and the volumes. Raises Invalid."""
    image: str = said.get("imageRef", "")
    if said.get("block_device_mapping"):
        raise Invalid(f"{_INVALID}the mapping must be given as block_device_mapping_v2.")
    listed: list[dict[str, Any]] = said.get("block_device_mapping_v2", [])
    if not image and not listed:
        raise Invalid("Missing imageRef attribute")
    found: list[VolumeMapping] = []
    for one in listed:
        if not _is_the_image(one, image):
            found.append(_volume(one))
    return image, found


def _is_the_image(one: dict[str, Any], image: str) -> bool:
    if one.get("source_type") != "image" or one.get("destination_type", "local") != "local":
        return False
    if not one.get("uuid"):
        raise Invalid(f"{_INVALID}Missing device UUID.")
    if not image or _index(one) != 0 or one["uuid"] != image:
        raise Invalid(f"{_INVALID}Mapping image to local is not supported.")
    return True


def _volume(one: dict[str, Any]) -> VolumeMapping:
    source = one.get("source_type")
    if source != "blank" and not one.get("uuid"):
        raise Invalid(f"{_INVALID}Missing device UUID.")
    if source is None:
        raise Invalid(f"{_INVALID}Invalid source_type field.")
    default = "local" if source == "blank" else "volume"
    if one.get("destination_type", default) != "volume":
        raise Invalid(f"{_INVALID}a {source} can only be mapped to a volume; local disks are the flavor's.")
    size = whole(one["volume_size"]) if one.get("volume_size") is not None else None
    if source == "blank" and not size:
        raise Invalid("Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size")
    return VolumeMapping(
        source=source,
        id=one.get("uuid") if source != "blank" else None,
        size=size,
        boot_index=_index(one),
        delete_on_termination=truth(one.get("delete_on_termination", False)),
        tag=one.get("tag"),
        volume_type=one.get("volume_type"),
    )


def _index(one: dict[str, Any]) -> int | None:
    index = one.get("boot_index")
    return None if index is None or index == "" else whole(index, 2**31 - 1)
