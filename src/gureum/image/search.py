"""What a list of images may be asked for."""

from dataclasses import dataclass, field
from typing import Any, Literal

from gureum.kernel.clock import Micros
from gureum.kernel.store.query import Direction

Comparison = Literal["eq", "neq", "gt", "gte", "lt", "lte"]


@dataclass
class Search:
    """Filters, all of which must hold, by column. `visibility` None leaves out what other projects offer to all (community)."""

    equal: dict[str, Any] = field(default_factory=dict[str, Any])
    among: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    least: dict[str, int] = field(default_factory=dict[str, int])
    most: dict[str, int] = field(default_factory=dict[str, int])
    times: list[tuple[str, Comparison, Micros]] = field(default_factory=list[tuple[str, Comparison, Micros]])
    tags: list[str] = field(default_factory=list[str])
    properties: dict[str, str] = field(default_factory=dict[str, str])
    visibility: str | None = None
    member_status: str = "accepted"
    hidden: bool = False


@dataclass(frozen=True)
class Page:
    """`limit` images behind the image `marker`, in the order of `sorts`."""

    limit: int
    sorts: tuple[tuple[str, Direction], ...]
    marker: str | None = None
