"""A user."""

from dataclasses import dataclass, field
from typing import Any

from gureum.kernel.clock import Micros


@dataclass(frozen=True, slots=True)
class User:
    """A person or a program. `password_hash` is None for one that cannot log in by password; `extra` holds e-mail,
    description and whatever else its creator wrote."""

    id: str
    name: str
    domain_id: str
    enabled: bool
    default_project_id: str | None
    password_hash: str | None = field(repr=False)
    password_expires_at: Micros | None
    tokens_since: Micros
    """Tokens issued before this instant are void: it moves with the password and with disabling."""
    created_at: Micros
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    extra: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def may_change_password(self) -> bool:
        """Whether the user may change the own password."""
        return not self.options.get("lock_password")
