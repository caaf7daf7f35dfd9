"""Who is asking."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

_TYPES = {"block-storage": ("block-storage", "volumev3", "volume")}
_VARIABLE = re.compile(r"\*\*|\*|\{[^}/]*\}")


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    """A path where `*` and `{name}` stand for one segment and `**` for any number of them."""
    pieces = _VARIABLE.split(text)
    variables = [".*" if found == "**" else "[^/]+" for found in _VARIABLE.findall(text)]
    pattern = "".join(re.escape(piece) + variable for piece, variable in zip(pieces, [*variables, ""], strict=True))
    return re.compile(pattern)


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
    only: tuple[tuple[str, str, str], ...] | None = None
    """The requests that the token is good for, as (service type, method, path with `*` and `**`); None: any."""

    def may_call(self, service: str, method: str, path: str) -> bool:
        """Whether the token is good for this request at all."""
        if self.only is None:
            return True
        types = _TYPES.get(service, (service,))
        return any(
            wanted in types and verb == method and _pattern(pattern).fullmatch(path) is not None
            for wanted, verb, pattern in self.only
        )

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
