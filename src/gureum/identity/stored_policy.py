"""A document that another service keeps here: its own policy, which identity neither reads nor follows."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A policy document; `type` is its media type."""

    id: str
    type: str
    blob: str
    extra: dict[str, Any] = field(default_factory=dict[str, Any])
