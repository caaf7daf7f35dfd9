"""What the catalog is made of."""

from dataclasses import dataclass, field
from typing import Any

PATTERNS = ("$(project_id)s", "%(project_id)s", "$(tenant_id)s", "%(tenant_id)s")
"""What an endpoint's address may hold in place of the project."""
OTHER_PATTERNS = ("$(user_id)s", "%(user_id)s")


@dataclass(frozen=True, slots=True)
class Region:
    """A region; regions may lie in each other."""

    id: str
    description: str
    parent_region_id: str | None
    extra: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the catalog."""

    id: str
    type: str
    name: str | None
    enabled: bool
    extra: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a service is reached. `url` may be a path, to be put behind the address that the client used."""

    id: str
    service_id: str
    interface: str
    url: str
    region_id: str | None
    enabled: bool
    extra: dict[str, Any] = field(default_factory=dict[str, Any])

    def address(self, root_url: str) -> str:
        """The address for a client that reaches this cloud at `root_url`, its patterns as they are."""
        return root_url + self.url if self.url.startswith("/") else self.url


def filled(url: str, project_id: str | None, user_id: str) -> str | None:
    """An address with its patterns filled in; None for one that needs a project when there is none."""
    for pattern in PATTERNS:
        if pattern in url:
            if project_id is None:
                return None
            url = url.replace(pattern, project_id)
    for pattern in OTHER_PATTERNS:
        url = url.replace(pattern, user_id)
    return url


def fillable(url: str) -> bool:
    """Whether an address holds no pattern but those that can be filled in."""
    for pattern in (*PATTERNS, *OTHER_PATTERNS):
        url = url.replace(pattern, "")
    return "$(" not in url and "%(" not in url
