"""Why a rule allows or refuses: which of its parts hold, and which of them decided."""

from collections.abc import Iterator, Mapping
from typing import Any

from gureum.kernel.caller import Caller
from gureum.kernel.policy.compile import Both, Check, Either, Leaf, Not, Reference
from gureum.kernel.policy.rules import OWNERS, Policy, credentials
from gureum.kernel.policy.verify import attributes


def explain(policy: Policy, service: str, name: str, caller: Caller, target: Mapping[str, Any]) -> dict[str, Any]:
    """Whether the caller may, by which rule, and by which part of it. Raises KeyError for a name that is no rule.

    `parts` is the rule as a tree, a line a part with its depth and whether it holds; `because` are the single checks that
    decided, each with the rules that led to it.
    """
    check, creds = policy.check(service, name), credentials(caller)
    found: dict[str, Any] = {
        "service": service,
        "rule": name,
        "check": policy.text(service, name),
        "overridden": name in policy.overridden(service),
    }
    if not policy.is_open(service, name, caller):
        scopes = ", ".join(sorted(policy.scopes(service, name)))
        return found | {"allowed": False, "because": [f"the rule is open to tokens of: {scopes}"], "parts": []}
    return found | {
        "allowed": check(creds, target),
        "because": list(_decisive(check, creds, target, ())),
        "parts": list(_lines(check, creds, target, 0)),
    }


def own(policy: Policy, service: str, name: str, caller: Caller) -> dict[str, Any]:
    """What the caller owns, as the rule looks at it: each of its attributes that names an owner. Raises KeyError."""
    check = policy.check(service, name)
    owners = {"domain": caller.domain_id or caller.user_domain_id, "project": caller.project_id, "user": caller.user_id}
    asked = attributes(check, {one: policy.check(service, one) for one in policy.names(service)})
    found: dict[str, Any] = {}
    for attribute in sorted(asked):
        for owner, endings in OWNERS.items():
            if attribute.endswith(endings):
                found.setdefault(attribute, owners[owner])
    return found


def _lines(check: Check, creds: Mapping[str, Any], target: Mapping[str, Any], depth: int) -> Iterator[dict[str, Any]]:
    yield {"depth": depth, "text": _words(check), "holds": check(creds, target)}
    for part in _parts(check):
        yield from _lines(part, creds, target, depth + 1)


def _words(check: Check) -> str:
    match check:
        case Leaf():
            return check.text or "(anybody)"
        case Reference():
            return check.text
        case Either():
            return "any of"
        case Both():
            return "all of"
        case Not():
            return "not"


def _parts(check: Check) -> tuple[Check, ...]:
    match check:
        case Leaf():
            return ()
        case Reference():
            return (check.lookup(check.name),)
        case Either() | Both():
            return check.parts
        case Not():
            return (check.part,)


def _decisive(
    check: Check, creds: Mapping[str, Any], target: Mapping[str, Any], through: tuple[str, ...]
) -> Iterator[str]:
    """The single checks without which the answer might be another one."""
    if isinstance(check, Leaf):
        holds = "holds" if check(creds, target) else "does not hold"
        yield " → ".join((*through, f"{check.text or '(anybody)'} {holds}"))
        return
    if isinstance(check, Reference):
        through = (*through, check.text)
    parts = _parts(check)
    if isinstance(check, Either | Both):
        # one part that holds decides an `or`, one that does not an `and`
        wanted = isinstance(check, Either)
        deciding = next(
            (part for part in parts if check(creds, target) is wanted and part(creds, target) is wanted), None
        )
        parts = parts if deciding is None else (deciding,)
    for part in parts:
        yield from _decisive(part, creds, target, through)
