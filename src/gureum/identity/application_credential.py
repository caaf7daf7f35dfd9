"""A password of its own for a program, which speaks for its user in one project with some of the user's roles."""

from dataclasses import dataclass, field

from gureum.kernel.clock import Micros


@dataclass(frozen=True, slots=True)
class AccessRule:
    """One request that a program may make: the service's type, the method, the path with `*` and `**` for what varies."""

    id: str
    user_id: str
    service: str
    method: str
    path: str


@dataclass(frozen=True, slots=True)
class ApplicationCredential:
    """An application credential. Without `unrestricted` its tokens make no further credentials; `access_rules` None: any
    request."""

    id: str
    name: str
    description: str | None
    user_id: str
    project_id: str
    secret_hash: str = field(repr=False)
    expires_at: Micros | None
    unrestricted: bool | None
    role_ids: list[str]
    access_rule_ids: list[str] | None
