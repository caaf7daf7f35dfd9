"""One step of a PATCH, whichever of the two media types it came in."""

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Change:
    """Add, replace or remove the attribute `name`; `rest` is what the pointer says behind it."""

    verb: Literal["add", "replace", "remove"]
    name: str
    rest: tuple[str, ...] = ()
    value: Any = None
