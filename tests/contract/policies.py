"""Upstream's default policy, and what oslo.policy makes of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from oslo_config import cfg
from oslo_policy import _checks, policy

from tests.contract.operations import POLICIES, PREFIXES, Operation, erased
from tests.shared import api

_OPERATION = re.compile(r"(?P<method>[A-Za-z]+)\s+(?P<path>\S+)(?:\s+\((?P<action>[^)]*)\))?$")


@dataclass(frozen=True)
class UpstreamRule:
    """A default rule: its name, check string and the operations that it is about."""

    name: str
    check: str
    scope: frozenset[str]
    operations: frozenset[str]


@_checks.register("field")
class _FieldCheck(_checks.Check):
    """The network service's own kind of check: `field:resource:attribute=value`, or `=~pattern`."""

    def __call__(self, target: Mapping[str, Any], creds: Any, enforcer: Any, current_rule: Any = None) -> bool:
        field, _, wanted = self.match.partition(":")[2].partition("=")
        if wanted.startswith("~"):
            return re.match(wanted[1:], str(target.get(field))) is not None
        return str(target.get(field)) == wanted


@cache
def rules(service: str) -> dict[str, UpstreamRule]:
    """Every default rule of a service by name."""
    found: dict[str, UpstreamRule] = {}
    for line in api("policies", f"{POLICIES[service]}.tsv").read_text().splitlines()[1:]:
        name, check, scope, operations = [*line.split("\t"), "", "", ""][:4]
        names = frozenset(filter(None, (_name(service, one) for one in operations.split(" ; "))))
        found[name] = UpstreamRule(name, check, frozenset(filter(None, scope.split(","))), names)
    return found


def _name(service: str, text: str) -> str | None:
    found = _OPERATION.match(text.strip())
    if found is None:
        return None
    path, prefix = found["path"], PREFIXES[service]
    path = path if path.startswith(prefix + "/") or path == prefix else prefix + path
    action = f" {found['action']}" if found["action"] else ""
    return f"{found['method'].upper()} {erased(path)}{action}"


@cache
def listed(service: str, operation: str) -> tuple[str, ...]:
    """The rules that upstream names for an operation."""
    return tuple(rule.name for rule in rules(service).values() if operation in rule.operations)


def deciding(operation: Operation) -> list[str]:
    """The rules that decide about the operation as a whole, not about an attribute of it (`create_port:fixed_ips`).

    Of a write those that upstream names for the fewest operations. Where its table names none, the rule of the route, if
    upstream has it; none where no rule of upstream's is asked.
    """
    known = rules(operation.service)
    names = listed(operation.service, operation.name)
    if not names:
        return [operation.route.rule] if operation.route.rule in known else []
    names = tuple(name for name in names if not any(name.startswith(f"{other}:") for other in names))
    if operation.route.method in ("GET", "HEAD"):
        return list(names)
    least = min(len(known[name].operations) for name in names)
    return [name for name in names if len(known[name].operations) == least]


@cache
def _enforcer(service: str) -> Any:
    conf = cfg.ConfigOpts()
    conf([])
    enforcer = policy.Enforcer(conf, use_conf=False)
    enforcer.set_rules(policy.Rules.from_dict({rule.name: rule.check for rule in rules(service).values()}))
    return enforcer


def allows(service: str, rule: str, credentials: Mapping[str, Any], target: Mapping[str, Any]) -> bool:
    """Whether upstream's default lets somebody do what the rule is about."""
    return bool(_enforcer(service).enforce(rule, dict(target), dict(credentials)))


def for_administrators(service: str, operation: str) -> bool:
    """Whether upstream refuses a plain member the operation even on what is the member's own.

    Of the rules that it names for an operation some are about single attributes. For reads all must refuse; else those that
    are named for the fewest operations.
    """
    names = listed(service, operation)
    if names and not operation.startswith(("GET ", "HEAD ")):
        least = min(len(rules(service)[name].operations) for name in names)
        names = tuple(name for name in names if len(rules(service)[name].operations) == least)
    me: dict[str, Any] = {"user_id": "u", "project_id": "p", "tenant_id": "p", "roles": ["member", "reader"]}
    credentials = me | {
        "is_admin": False,
        "user_domain_id": "default",
        "project_domain_id": "default",
        "domain_id": None,
        "system_scope": None,
        "is_admin_project": True,
        "token": {"project": {"domain": {"id": "default"}}},
    }
    return bool(names) and not any(allows(service, name, credentials, own(me)) for name in names)


def own(me: Mapping[str, Any]) -> dict[str, Any]:
    """What is somebody's own (user_id, project_id) in every way that a rule may look at, in the default domain."""
    user, project = me["user_id"], me["project_id"]
    found = {**me, "owner": project, "member_id": project, "visibility": "private", "domain_id": "default"}
    for thing in ("user", "project", "credential", "trust", "token", "group", "limit"):
        ids = {
            "id": user if thing == "user" else project,
            "user_id": user,
            "project_id": project,
            "domain_id": "default",
        }
        found |= {f"target.{thing}.{key}": value for key, value in ids.items()}
    parents = ("network", "security_group", "ext_parent")
    found |= {f"{parent}:{key}": project for parent in parents for key in ("project_id", "tenant_id")}
    return found | {"target.trust.trustor_user_id": user, "target.domain.id": "default"}
