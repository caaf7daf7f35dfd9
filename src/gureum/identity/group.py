"""A group of users."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Group:
    """Users of one domain or several, to whom roles are given together."""

    id: str
    name: str
    domain_id: str
    description: str | None
    extra: dict[str, Any] = field(default_factory=dict[str, Any])
