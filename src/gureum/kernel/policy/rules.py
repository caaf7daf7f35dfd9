"""The rules of all services, an operator's overrides, and the three questions asked of them."""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple

from gureum.kernel.caller import Caller
from gureum.kernel.faults import Forbidden
from gureum.kernel.policy.compile import Check, compile_check
from gureum.kernel.policy.verify import Groups, verify
from gureum.kernel.trace.spans import span


class Rule(NamedTuple):
    """A named rule with upstream's default check string.

    `about` says what it is asked for. `scope` are the kinds of tokens that it is open to, with commas: `project`,
    `system,project`, `system,domain,project`; empty: any. A token without a scope counts as a project's, as upstream has it.
    """

    name: str
    check: str
    about: str = ""
    scope: str = ""


class Reach(Enum):
    """How far a rule lets a caller see in a list."""

    ALL = "all"
    DOMAIN = "domain"
    PROJECT = "project"
    NONE = "none"


class Policy:
    """Rules by service: names are unique within a service only (`admin_required` stands in several)."""

    def __init__(self) -> None:
        self._texts: dict[str, dict[str, str]] = {}
        self._defaults: dict[str, dict[str, str]] = {}
        self._lists: dict[str, dict[str, Groups]] = {}
        self._scopes: dict[str, dict[str, frozenset[str]]] = {}
        self._checks: dict[str, dict[str, Check]] = {}

    def add(self, service: str, rules: Iterable[Rule]) -> None:
        """Make rules known."""
        texts = self._texts.setdefault(service, {})
        scopes = self._scopes.setdefault(service, {})
        checks = self._checks.setdefault(service, {})
        defaults = self._defaults.setdefault(service, {})
        for rule in rules:
            if texts.get(rule.name) != rule.check:
                checks[rule.name] = compile_check(rule.check, checks.__getitem__)
            texts[rule.name] = defaults[rule.name] = rule.check
            scopes[rule.name] = frozenset(rule.scope.split(",")) if rule.scope else frozenset()

    def lists(self, service: str, lists: Mapping[str, Groups]) -> None:
        """Say which rules decide over the rows of lists, and which attributes of a row each list can ask for in SQL."""
        self._lists[service] = dict(lists)

    def override(self, service: str, overrides: Mapping[str, str]) -> None:
        """Put an operator's check strings in place of the defaults, and the defaults in place of earlier overrides.

        Raises ValueError, and changes nothing, for a name that is no rule, a text that is no check string, a reference that
        leads nowhere or in a circle, and a rule that a list cannot ask in SQL.
        """
        defaults = self._defaults.get(service, {})
        unknown = sorted(set(overrides) - set(defaults))
        if unknown:
            raise ValueError(f"policy of {service}: no such rule: {', '.join(unknown)}")
        texts = defaults | dict(overrides)
        checks = self._checks[service] if texts == self._texts.get(service) else _compiled(service, texts)
        verify(service, checks, self._lists.get(service, {}))
        self._texts[service], self._checks[service] = texts, checks

    def overridden(self, service: str) -> dict[str, str]:
        """The rules that are not as they are by default."""
        defaults = self._defaults.get(service, {})
        return {name: text for name, text in self._texts.get(service, {}).items() if text != defaults[name]}

    def services(self) -> list[str]:
        """Every service that has rules."""
        return sorted(self._texts)

    def check(self, service: str, name: str) -> Check:
        """A rule as it is in force. Raises KeyError."""
        return self._checks[service][name]

    def scopes(self, service: str, name: str) -> frozenset[str]:
        """The kinds of tokens that a rule is open to; empty: any."""
        return self._scopes[service][name]

    def is_open(self, service: str, name: str, caller: Caller) -> bool:
        """Whether the caller's kind of token may come with the rule at all."""
        return self._open(service, name, caller)

    def names(self, service: str) -> list[str]:
        """Every rule of a service."""
        return sorted(self._texts.get(service, {}))

    def text(self, service: str, name: str) -> str:
        """A rule's check string as it is in force."""
        return self._texts[service][name]

    def allows(self, service: str, name: str, caller: Caller, target: Mapping[str, Any] | None = None) -> bool:
        """Whether the caller may do `name` to `target` (its attributes; the caller's own project where there is none)."""
        if target is None:
            target = {"project_id": caller.project_id, "user_id": caller.user_id, "tenant_id": caller.project_id}
        return self._open(service, name, caller) and self._checks[service][name](credentials(caller), target)

    def _open(self, service: str, name: str, caller: Caller) -> bool:
        scopes = self._scopes[service][name]
        return not scopes or not caller.user_id or _scope_of(caller) in scopes

    def demand(self, service: str, name: str, caller: Caller, target: Mapping[str, Any] | None = None) -> None:
        """Raise Forbidden unless `allows`."""
        with span("policy", name):
            allowed = self.allows(service, name, caller, target)
        if not allowed:
            wrong = not self._open(service, name, caller)
            said = f"Policy doesn't allow {name} to be performed."
            raise Forbidden(said, name="PolicyNotAuthorized", rule=name, scope=wrong)

    def reach(self, service: str, name: str, caller: Caller) -> Reach:
        """How far `name` lets the caller see, for a list to say in SQL.

        All, when it allows things of nobody, of strangers and of the caller alike; else their domain's or their project's.
        """
        if not self._open(service, name, caller):
            return Reach.NONE
        check = self._checks[service][name]
        creds = credentials(caller)
        own = _Owned(project=caller.project_id, user=caller.user_id)
        owns = check(creds, own)
        if owns and check(creds, {}) and check(creds, _Owned()):
            return Reach.ALL
        if caller.domain_id is not None and check(creds, _Owned(domain=caller.domain_id)):
            return Reach.DOMAIN
        return Reach.PROJECT if owns and caller.project_id is not None else Reach.NONE


def _compiled(service: str, texts: Mapping[str, str]) -> dict[str, Check]:
    checks: dict[str, Check] = {}
    for name, text in texts.items():
        try:
            checks[name] = compile_check(text, checks.__getitem__)
        except ValueError as error:
            raise ValueError(f"policy of {service}: {name}: {error}") from None
    return checks


OWNERS = {
    "domain": ("domain_id", "domain.id"),
    "project": ("project_id", "tenant_id", "project.id", "owner", "tenant"),
    "user": ("user_id", "user.id"),
}
"""How the names of attributes end that say whose a thing is."""


class _Owned(Mapping[str, Any]):
    """A target that has every attribute: those that name an owner name the given one, all others a stranger."""

    def __init__(self, *, domain: str | None = None, project: str | None = None, user: str | None = None) -> None:
        self._owners = ((OWNERS["domain"], domain), (OWNERS["project"], project), (OWNERS["user"], user))

    def __getitem__(self, name: str) -> Any:
        for endings, owner in self._owners:
            if owner is not None and name.endswith(endings):
                return owner
        return "\0a stranger's"

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _scope_of(caller: Caller) -> str:
    return "system" if caller.system else "domain" if caller.domain_id is not None else "project"


def credentials(caller: Caller) -> dict[str, Any]:
    """A caller as check strings see it."""
    found: dict[str, Any] = {
        "user_id": caller.user_id,
        "user_domain_id": caller.user_domain_id,
        "project_id": caller.project_id,
        "tenant_id": caller.project_id,
        "tenant": caller.project_id,
        "project_domain_id": caller.project_domain_id,
        "domain_id": caller.domain_id,
        "system_scope": "all" if caller.system else None,
        "system": caller.system or None,
        "roles": [role.lower() for role in caller.roles],
        "is_admin": caller.is_admin,
        "is_admin_project": True,
        "user": caller.user_id,
    }
    if caller.credentials:
        found.update(caller.credentials)
    return found


policy = Policy()
