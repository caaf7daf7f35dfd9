"""`/gureum/v1/policy`: which rules an operator has changed, and why a rule allows or refuses somebody something."""

import difflib
from typing import Any

from gureum.identity.service import subjects
from gureum.kernel import journal
from gureum.kernel.faults import Invalid, NotFound
from gureum.kernel.http import Call, Routes
from gureum.kernel.policy import Rule, explain, own, policy
from gureum.kernel.store.tx import Tx
from gureum.web.sources import sources

RULES = [
    Rule("gureum:policy", "rule:admin_required", "GET /v1/policy, GET /v1/policy/explain"),
]
routes = Routes()

_NEAR, _LEAST, _LIKENESS = 5, 3, 0.6
"""How many names like an unknown one are shown, how long a part of a name must be, and how much alike a whole one."""
_PARENTS = {"network_id": "network", "security_group_id": "security_group"}
"""Columns that name what a thing belongs to, and how the network service's rules call that."""
_NETWORKS = ("shared", "router:external")
"""What of a network its subnets and ports are judged by."""
_IDENTITYS = ("id", "name", "domain_id", "user_id", "project_id")
"""What the identity service's rules look at, under names that begin with the kind of the thing."""


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

    `project`, `domain` or `system` say with what token; `target` is the id of a thing, or `name=value` (several times), else
    what is the user's own. Raises NotFound for a user, scope, rule or thing that is not there, Invalid for a user of several
    projects without a scope.
    """
    user, action = call.one("user"), call.one("action")
    if not user or not action:
        raise Invalid("The parameters user and action say who wants to do what.")
    services = [service for service in policy.services() if action in policy.names(service)]
    if not services:
        raise NotFound(f"No service has a rule {action[:255]}.{_near(action)}")
    domain, system = call.one("domain"), bool(call.flag("system"))
    caller = subjects.caller_of(call.tx, user, project=call.one("project"), domain=domain, system=system)
    named = _named(call.tx, call.query.get("target", []))
    targets = {one: own(policy, one, action, caller) if named is None else named for one in services}
    return {
        "user": {"id": caller.user_id, "name": caller.user_name},
        "roles": list(caller.roles),
        "scope": {"project_id": caller.project_id, "domain_id": caller.domain_id, "system": caller.system},
        "explanations": [
            explain(policy, service, action, caller, target) | {"target": target} for service, target in targets.items()
        ],
    }


def _near(action: str) -> str:
    """A sentence with the rules whose names are like this one; empty where none is."""
    names = sorted({name for service in policy.services() for name in policy.names(service)})
    inside = [name for name in names if len(action) >= _LEAST and action in name]
    found = [*inside[:_NEAR], *difflib.get_close_matches(action[:255], names, _NEAR, _LIKENESS)]
    return f" Near it are: {', '.join(list(dict.fromkeys(found))[:_NEAR])}." if found else ""


def _named(tx: Tx, words: list[str]) -> dict[str, Any] | None:
    """The target as the request names it: by attributes, or a thing as the journal knows it; None where it names none."""
    if not words:
        return None
    if all("=" in word for word in words):
        return dict(word.split("=", 1) for word in words)
    if len(words) > 1:
        raise Invalid("A target is one id, or attributes as name=value.")
    kind, found = _thing(tx, words[0][:255])
    for column, parent in _PARENTS.items():
        if found.get(column):
            _, around = _thing(tx, found[column])
            found |= {f"{parent}:{name}": around.get(name) for name in ("project_id", "tenant_id")}
            found |= {name: around[name] for name in _NETWORKS if parent == "network" and name in around}
    if kind == "project" and found.get("is_domain"):
        kind, found["domain_id"] = "domain", found["id"]
    return found | {f"target.{kind}.{name}": found[name] for name in _IDENTITYS if name in found}


def _thing(tx: Tx, id: str) -> tuple[str, dict[str, Any]]:
    """What kind of thing it is, and its attributes as rules see them."""
    entries = journal.entries(tx, id)
    if not entries:
        raise NotFound(f"Nothing is known of {id}.")
    found: dict[str, Any] = {}
    for entry in reversed(entries):
        found |= entry.after or entry.before or {}
    if "external" in found:
        found["router:external"] = found["external"]
    owner = entries[0].owner
    return entries[0].kind, found | {"id": id} | ({"project_id": owner, "tenant_id": owner} if owner else {})
