"""What the steps of a PATCH do to an image."""

from dataclasses import replace
from typing import Any

from gureum.image.change import Change
from gureum.image.image import Image
from gureum.image.service import access
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Forbidden

ATTRIBUTES = {
    "name": "name",
    "visibility": "visibility",
    "protected": "protected",
    "os_hidden": "hidden",
    "owner": "owner",
    "min_disk": "min_disk",
    "min_ram": "min_ram",
    "tags": "tags",
    "container_format": "container_format",
    "disk_format": "disk_format",
}
"""Attributes that clients may change, and the image's own names for them."""
_FORMATS = ("container_format", "disk_format")
_OFFERS = {"public": "publicize_image", "community": "communitize_image"}


def applied(caller: Caller, image: Image, steps: list[Change]) -> Image:
    """The image after all steps. Raises Forbidden, Conflict for a property that is not there."""
    for step in steps:
        image = _remove(image, step) if step.verb == "remove" else _put(caller, image, step)
    return image


def demand_visibility(caller: Caller, image: Image, visibility: str) -> None:
    """Raise Forbidden unless the caller may offer the image like that."""
    rule = _OFFERS.get(visibility)
    if rule is not None:
        access.demand(rule, caller, image)


def _remove(image: Image, step: Change) -> Image:
    if step.name == "locations":
        raise Forbidden("It's not allowed to remove locations if locations are invisible.")
    if step.name in ATTRIBUTES:
        raise Forbidden(f"Property {step.name} may not be removed.", standing=True)
    if step.name not in image.properties:
        raise Conflict(f"Property {step.name} does not exist.", standing=True)
    return replace(image, properties={name: one for name, one in image.properties.items() if name != step.name})


def _put(caller: Caller, image: Image, step: Change) -> Image:
    if step.name == "locations":
        if step.verb == "replace" and step.value == []:
            raise Forbidden("Cannot set locations to empty list.", standing=True)
        raise Forbidden(f"It's not allowed to {step.verb} locations if locations are invisible.")
    if step.name in ATTRIBUTES:
        return _set(caller, image, step.name, step.value)
    if step.verb == "replace" and step.name not in image.properties:
        raise Conflict(f"Property {step.name} does not exist.", standing=True)
    return replace(image, properties=image.properties | {step.name: step.value})


def _set(caller: Caller, image: Image, name: str, value: Any) -> Image:
    if name == "owner" and not caller.is_admin:
        raise Forbidden("Owner can't be updated by non admin.", standing=True)
    if name in _FORMATS and image.status != "queued":
        raise Forbidden(f"Attribute {name} can be only replaced for a queued image.")
    if name == "visibility":
        demand_visibility(caller, image, value)
    if name == "tags":
        value = tuple(dict.fromkeys(value))
    return replace(image, **{ATTRIBUTES[name]: value})
