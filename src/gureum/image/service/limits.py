"""How much one image may carry."""

from collections.abc import Collection, Mapping

from gureum.image.settings import settings
from gureum.kernel.faults import Invalid, TooLarge

_LONGEST_NAME = 255
_LONGEST_VALUE = 65535


def check_tags(tags: Collection[str]) -> None:
    """Raise TooLarge for more tags than allowed."""
    _check("image tags", len(tags), settings.tags)


def check_members(count: int) -> None:
    """Raise TooLarge for more members than allowed."""
    _check("image members for this image", count, settings.members)


def check_properties(properties: Mapping[str, str]) -> None:
    """Raise TooLarge for more properties than allowed, Invalid for one whose name or value is too long."""
    for name, value in properties.items():
        if len(name) > _LONGEST_NAME:
            raise Invalid("Custom property should not be greater than 255 characters.")
        if len(value) > _LONGEST_VALUE:
            raise Invalid(
                f"The value of custom property {name} should not be greater than {_LONGEST_VALUE} characters."
            )
    _check("image properties", len(properties), settings.properties)


def _check(what: str, attempted: int, most: int) -> None:
    if 0 <= most < attempted:
        raise TooLarge(
            f"The limit has been exceeded on the number of allowed {what}. Attempted: {attempted}, Maximum: {most}"
        )
