"""Asking the policy about things of this service."""

from collections.abc import Mapping
from typing import Any

from gureum.identity.project import Project
from gureum.identity.role import Role
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Forbidden, Invalid
from gureum.kernel.policy import policy

Target = Mapping[str, Any]


def demand(caller: Caller, rule: str, target: Target | None = None) -> None:
    """Raise Forbidden unless the caller may do `rule` (without `identity:`) to the target."""
    policy.demand("identity", f"identity:{rule}", caller, target or {})


def allows(caller: Caller, rule: str, target: Target | None = None) -> bool:
    """Whether `demand` would pass."""
    return policy.allows("identity", f"identity:{rule}", caller, target or {})


def about(kind: str, thing: Any) -> dict[str, Any]:
    """What rules may ask of a thing that has a domain: `target.<kind>.id` and `.domain_id`; nothing of None."""
    if thing is None:
        return {}
    return {f"target.{kind}.id": thing.id, f"target.{kind}.domain_id": thing.domain_id}


def about_domain(domain: Project | None) -> dict[str, Any]:
    """What rules may ask of a domain."""
    return {} if domain is None else {"target.domain.id": domain.id, "target.domain_id": domain.id}


def must_be_mutable(kind: str, verb: str, thing: Project | Role, asked: Mapping[str, Any] | None = None) -> None:
    """Raise Forbidden for what was made immutable, unless just that is being taken back."""
    if not thing.immutable:
        return
    options = (asked or {}).get("options") or {}
    if not options.get("immutable", True):
        return
    raise Forbidden(
        f'Unable to {verb} immutable {kind} resource: `{thing.id}. Set resource option "immutable" to false first.'
    )


def must_keep(asked: Mapping[str, Any], **kept: Any) -> None:
    """Raise Invalid when the request would change the id or the domain."""
    if "id" in kept and asked.get("id", kept["id"]) != kept["id"]:
        raise Invalid("Cannot change ID")
    if "domain_id" in kept and asked.get("domain_id", kept["domain_id"]) != kept["domain_id"]:
        raise Invalid("Cannot change Domain ID")


def merged_options(present: Mapping[str, Any], asked: Mapping[str, Any] | None) -> dict[str, Any]:
    """Options after a change: null takes one away."""
    both = dict(present) | dict(asked or {})
    return {name: value for name, value in both.items() if value is not None}


def extra_of(asked: Mapping[str, Any], *known: str) -> dict[str, Any]:
    """The attributes of a request that nobody declared."""
    return {name: value for name, value in asked.items() if name not in known and name != "id"}
