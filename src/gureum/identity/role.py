"""A role, and what is known of who has it where."""

from dataclasses import dataclass, field
from typing import Any, Literal

ActorKind = Literal["user", "group"]
TargetKind = Literal["project", "domain", "system"]

FORMER_MEMBER = "_member_"
"""The name that clouds once gave the role `member`; found under it where no role has that name."""


@dataclass(frozen=True, slots=True)
class Role:
    """A role. One with a `domain_id` is that domain's own, to be mapped to others by implication."""

    id: str
    name: str
    domain_id: str | None
    description: str | None
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    extra: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def immutable(self) -> bool:
        """Whether it may be neither changed nor deleted."""
        return bool(self.options.get("immutable"))


@dataclass(frozen=True, slots=True)
class Assignment:
    """A role that a user or group has on a project, a domain or the system; `inherited`: on the projects below it instead."""

    actor_kind: ActorKind
    actor_id: str
    target_kind: TargetKind
    target_id: str
    role_id: str
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """An assignment and, where it was worked out, the given one that it comes from, the group and the implying role."""

    assignment: Assignment
    given: Assignment
    group_id: str | None = None
    prior_role_id: str | None = None
