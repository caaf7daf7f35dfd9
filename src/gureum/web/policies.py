"""`/gureum/v1/policy`: which rules an operator has changed, and why a rule allows or refuses somebody something."""

from typing import Any

from gureum.identity.service import subjects
from gureum.kernel import journal
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid, NotFound
from gureum.kernel.http import Call, Routes
from gureum.kernel.policy import Rule, explain, policy
from gureum.kernel.store.tx import Tx
from gureum.web.sources import sources

RULES = [
    Rule("gureum:policy", "rule:admin_required", "GET /v1/policy, GET /v1/policy/explain"),
]
routes = Routes()


@routes.get("/v1/policy", "gureum:policy", early=True)
def overrides(call: Call) -> dict[str, Any]:
    """By service the file of overrides, the rules in force that are not the defaults, and why the file is not in force."""
    files = sources.policy_files
    paths = files.paths if files else {}
    return {
        "policy": [
            {
                "service": service,
                "file": str(path),
                "overrides": policy.overridden(service),
                "problem": files.problems.get(service) if files else None,
            }
            for service, path in sorted(paths.items())
        ]
    }


@routes.get("/v1/policy/explain", "gureum:policy", early=True)
def explained(call: Call) -> dict[str, Any]:
    """Whether `user` may do `action`, by which rule and which part of it, in each service that has a rule of that name.

    `project`, `domain` or `system` say with what token; `target` is the id of a thing, or `name=value` (several times).
    Raises NotFound for a user, scope, rule or thing that is not there, Invalid for a user of several projects without a scope.
    """
    user, action = call.one("user"), call.one("action")
    if not user or not action:
        raise Invalid("The parameters user and action say who wants to do what.")
    services = [service for service in policy.services() if action in policy.names(service)]
    if not services:
        raise NotFound(f"No service has a rule {action}.")
    domain, system = call.one("domain"), bool(call.flag("system"))
    caller = subjects.caller_of(call.tx, user, project=call.one("project"), domain=domain, system=system)
    target = _target(call.tx, caller, call.query.get("target", []))
    return {
        "user": {"id": caller.user_id, "name": caller.user_name},
        "roles": list(caller.roles),
        "scope": {"project_id": caller.project_id, "domain_id": caller.domain_id, "system": caller.system},
        "target": target,
        "explanations": [explain(policy, service, action, caller, target) for service in services],
    }


def _target(tx: Tx, caller: Caller, words: list[str]) -> dict[str, Any]:
    """What the rule is asked about: named attributes, a thing as the journal knows it, or the caller's own."""
    if not words:
        return {"project_id": caller.project_id, "tenant_id": caller.project_id, "user_id": caller.user_id}
    if all("=" in word for word in words):
        return dict(word.split("=", 1) for word in words)
    if len(words) > 1:
        raise Invalid("A target is one id, or attributes as name=value.")
    entries = journal.entries(tx, words[0][:255])
    if not entries:
        raise NotFound(f"Nothing is known of {words[0]}.")
    found: dict[str, Any] = {}
    for entry in reversed(entries):
        found |= entry.after or entry.before or {}
    owner = entries[0].owner
    return found | {"id": words[0]} | ({"project_id": owner, "tenant_id": owner} if owner else {})
