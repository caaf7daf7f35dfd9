"""Security groups and their rules: what is let through to and from the ports that are in them."""

from dataclasses import dataclass, field

DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityRule:
    """One allowance; None in a field allows any."""

    id: str
    project_id: str
    security_group_id: str
    description: str | None
    direction: str
    ethertype: str
    protocol: str | None
    port_range_min: int | None
    port_range_max: int | None
    remote_ip_prefix: str | None
    remote_group_id: str | None
    tags: list[str]
    revision_number: int
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityGroup:
    """A group of rules. Every project has one named `default`, made when it is first needed."""

    id: str
    project_id: str
    name: str
    description: str
    is_default: bool
    tags: list[str]
    revision_number: int
    created_at: int
    updated_at: int
    rules: tuple[SecurityRule, ...] = field(default=())
