"""What every resource shows."""

from typing import Any, Protocol

from gureum.kernel.clock import iso_seconds


class Resource(Protocol):
    """Anything with the common attributes."""

    @property
    def tags(self) -> list[str]: ...
    @property
    def revision_number(self) -> int: ...
    @property
    def created_at(self) -> int: ...
    @property
    def updated_at(self) -> int: ...


def shown(resource: Resource) -> dict[str, Any]:
    """Tags, revision and times."""
    return {
        "tags": resource.tags,
        "revision_number": resource.revision_number,
        "created_at": iso_seconds(resource.created_at),
        "updated_at": iso_seconds(resource.updated_at),
    }
