"""Who may see and do what: rules with their attribute rules, and how far a list reaches, in SQL."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gureum.kernel.caller import Caller
from gureum.kernel.faults import Forbidden
from gureum.kernel.policy import policy
from gureum.network.faults import disallowed
from gureum.network.policy import LISTS, RULES

SERVICE = "network"
_NAMES = frozenset(rule.name for rule in RULES)

Target = Mapping[str, Any]
Probe = tuple[Target, sa.ColumnElement[bool]]
"""What a row may be like, and the condition in SQL that says it is."""


def _scope(caller: Caller) -> str:
    """Another scope than a project's; empty for a project's, for none, and for the cloud itself."""
    if caller.system and caller.user_id:
        return "system"
    return "domain" if caller.domain_id is not None else ""


def allows(caller: Caller, rule: str, target: Target) -> bool:
    """Whether the caller is allowed `rule` on the target."""
    return not _scope(caller) and policy.allows(SERVICE, rule, caller, target)


def must_be_in_scope(caller: Caller, action: str) -> None:
    """Raise Forbidden for a token of another scope than a project's."""
    scope = _scope(caller)
    if scope:
        raise Forbidden(
            f"rule:{action} requires a scope of ['project'], request was made with {scope} scope.", name="InvalidScope"
        )


def demand(caller: Caller, action: str, target: Target, given: Mapping[str, Any] | None = None) -> None:
    """Raise Forbidden unless the caller may do `action`, and give each attribute in `given` that has a rule of its own."""
    must_be_in_scope(caller, action)
    rules, expression = [action], f"rule:{action}"
    for name, value in (given or {}).items():
        inner = _with_parts(f"{action}:{name}", value)
        if inner is not None:
            rules += inner[0]
            expression = f"({expression} and {inner[1]})"
    if not all(policy.allows(SERVICE, rule, caller, target) for rule in rules):
        raise disallowed(expression)


def _with_parts(rule: str, value: Any) -> tuple[list[str], str] | None:
    """The rules about one attribute and about its parts, and how upstream writes them together."""
    if rule not in _NAMES:
        return None
    parts = [f"{rule}:{key}" for key in _keys(value) if f"{rule}:{key}" in _NAMES]
    if not parts and not isinstance(value, Mapping):
        return [rule], f"rule:{rule}"
    inner = " and ".join(f"rule:{part}" for part in parts)
    return [rule, *parts], f"(rule:{rule} and {inner if len(parts) == 1 else f'({inner})'})"


def _keys(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return list(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):  # pyright: ignore[reportUnknownVariableType]
        return list(dict.fromkeys(key for one in value for key in one))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return []


def reach(caller: Caller, rule: str, probes: Sequence[Probe]) -> sa.ColumnElement[bool]:
    """The rows that `rule` lets the caller see, as one condition: asked once a probe, never once a row."""
    assert rule in LISTS, rule
    if _scope(caller):
        return sa.false()
    if policy.allows(SERVICE, rule, caller, {}):
        return sa.true()
    return sa.or_(
        sa.false(), *(condition for target, condition in probes if policy.allows(SERVICE, rule, caller, target))
    )


def owned(caller: Caller, column: sa.ColumnElement[Any], key: str = "project_id") -> Probe:
    """The probe of the caller's own things."""
    return {key: caller.project_id, "tenant_id": caller.project_id}, column == caller.project_id
