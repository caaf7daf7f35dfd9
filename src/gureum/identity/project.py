"""A project, or a domain, which is a project that holds others."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Project:
    """A project. A domain has `is_domain` and no `domain_id`."""

    id: str
    name: str
    domain_id: str | None
    parent_id: str | None
    is_domain: bool
    enabled: bool
    description: str
    tags: list[str] = field(default_factory=list[str])
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    extra: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def immutable(self) -> bool:
        """Whether it may be neither changed nor deleted."""
        return bool(self.options.get("immutable"))
