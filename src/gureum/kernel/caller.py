"""Who is asking."""

from dataclasses import dataclass
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True)
class Caller:
    """A resolved token: the user, the scope, the roles in it. Exactly one of project, domain and system is the scope, or none."""

    user_id: str
    user_name: str = ""
    user_domain_id: str = "default"
    user_domain_name: str = "Default"
    project_id: str | None = None
    project_name: str | None = None
    project_domain_id: str | None = None
    project_domain_name: str | None = None
    domain_id: str | None = None
    domain_name: str | None = None
    system: bool = False
    roles: tuple[str, ...] = ()
    request_id: str = ""
    global_request_id: str | None = None
    credentials: dict[str, Any] | None = None
    """The attributes that policy rules of the identity service look at (`token.…`, `trust_id` …)."""

    @property
    def is_admin(self) -> bool:
        """Whether the caller has the role admin, in whatever scope."""
        return "admin" in self.roles

    def to_json(self) -> str:
        """The caller as a long operation remembers it."""
        return msgspec.json.encode(self).decode()

    @staticmethod
    def from_json(text: str | None) -> "Caller | None":
        """The caller that `to_json` wrote."""
        return None if text is None else msgspec.json.decode(text, type=Caller)


SYSTEM = Caller(user_id="", user_name="gureum", system=True, roles=("admin", "service"))
"""The cloud itself, for what nobody asked for: reconcilers, first start."""
