"""Our policy language against oslo.policy, over every default rule of every service."""

import csv
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oslo_config import cfg
from oslo_policy import policy as oslo

from gureum.kernel.policy.compile import compile_check
from tests import shared

SERVICES = [
    "aodh",
    "cinder",
    "glance",
    "heat",
    "ironic",
    "keystone",
    "manila",
    "neutron",
    "nova",
    "octavia",
    "placement",
]
MINE, OTHER = "mine", "other"
ROLES = [
    [],
    ["reader"],
    ["member", "reader"],
    ["manager", "member", "reader"],
    ["admin", "manager", "member", "reader"],
]
ROLES += [["service"], ["ADMIN"], ["load-balancer_observer"], ["heat_stack_user"]]
SCOPES: list[dict[str, Any]] = [
    {"project_id": MINE, "domain_id": None, "system_scope": None, "project_domain_id": MINE},
    {"project_id": None, "domain_id": MINE, "system_scope": None, "project_domain_id": None},
    {"project_id": None, "domain_id": None, "system_scope": "all", "project_domain_id": None},
    {"project_id": None, "domain_id": None, "system_scope": None, "project_domain_id": None},
]
VALUES = [MINE, OTHER, None, True, "manager"]


def rules(service: str) -> dict[str, str]:
    """The default check strings of a service."""
    with shared.api("policies", f"{service}.tsv").open() as lines:
        return {row["rule"]: row["check"] or "" for row in csv.DictReader(lines, delimiter="\t")}


def callers() -> Iterator[dict[str, Any]]:
    """Credentials of every kind of role and scope."""
    for roles, scope in itertools.product(ROLES, SCOPES):
        creds = {"roles": roles, "user_id": MINE, "user_domain_id": MINE, "is_admin": False, "is_admin_project": True}
        creds |= scope | {"tenant_id": scope["project_id"], "tenant": scope["project_id"], "user": MINE}
        creds["token"] = {
            "domain": {"id": scope["domain_id"]},
            "project": {"domain": {"id": scope["project_domain_id"]}},
        }
        yield creds


def in_ours(creds: dict[str, Any]) -> dict[str, Any]:
    """The same credentials with roles as ours has them: in lower case."""
    return creds | {"roles": [role.lower() for role in creds["roles"]]}


def targets(names: list[str]) -> Iterator[dict[str, Any]]:
    """Targets in which the attributes are absent, one alone, all alike, and mixed."""
    yield {}
    for value in VALUES:
        yield dict.fromkeys(names, value)
        for name in names:
            yield {name: value}
            yield dict.fromkeys(names, OTHER) | {name: value}


@pytest.mark.parametrize("service", SERVICES)
def test_every_default_rule_decides_like_oslo_policy(service: str) -> None:
    texts = rules(service)
    assert len(texts) > 20
    enforcer = oslo.Enforcer(cfg.ConfigOpts(), use_conf=False)
    theirs = oslo.Rules({name: oslo._parser.parse_rule(text) for name, text in texts.items()})
    enforcer.set_rules(theirs)
    checks: dict[str, Any] = {}
    for name, text in texts.items():
        checks[name] = compile_check(text, checks.__getitem__)
    everybody = [(in_ours(creds), creds) for creds in callers()]
    differing: list[str] = []
    for text, name in {text: name for name, text in texts.items()}.items():
        for target in targets(attributes(text, texts)):
            for creds, their_creds in everybody:
                ours, right = checks[name](creds, target), theirs[name](target, their_creds, enforcer)
                if bool(ours) != bool(right):
                    differing.append(f"{name}: {text!r} {target} {creds}: {ours} instead of {right}")
    assert not differing, differing[0]


def attributes(text: str, texts: dict[str, str]) -> list[str]:
    """Every attribute of the target that a check string looks at, also by the rules it refers to."""
    found: set[str] = set()
    seen: set[str] = set()
    left = [text]
    while left:
        one = left.pop()
        for part in one.split("%(")[1:]:
            found.add(part.split(")s")[0])
        for word in one.replace("(", " ").replace(")", " ").split():
            name = word.removeprefix("rule:")
            if name != word and name not in seen:
                seen.add(name)
                left.append(texts[name])
    return sorted(found)


@pytest.mark.parametrize(
    "text",
    [
        "role:a or role:b and role:c",
        "not role:a and role:b",
        "not (role:a or role:b)",
        "(role:a)",
        "((role:a) or @) and not !",
        "role:%(wanted)s",
        "project_id:x%(wanted)sx",
        "None:%(wanted)s",
        "roles:%(wanted)s",
        "'a':%(wanted)s",
        "1:%(wanted)s",
        "nested.list:%(wanted)s",
        "nested.deep.er:a",
        "nested.absent:None",
        "",
        "@",
        "!",
    ],
)
def test_the_language_beyond_the_defaults(text: str) -> None:
    enforcer = oslo.Enforcer(cfg.ConfigOpts(), use_conf=False)
    right = oslo._parser.parse_rule(text)
    ours = compile_check(text, {}.__getitem__)
    for roles in ([], ["a"], ["b"], ["a", "b"], ["b", "c"], ["c"]):
        for target in ({}, {"wanted": "a"}, {"wanted": None}, {"wanted": "A"}, {"wanted": 1}):
            creds = {"roles": roles, "project_id": "xax", "nested": {"list": ["a", "z"], "deep": {"er": "a"}}}
            assert bool(ours(creds, target)) == bool(right(target, creds, enforcer)), (text, roles, target)


@pytest.mark.parametrize(
    "text", ["role:a or", "(role:a", "role:a)", "nonsense", "role:a role:b", "'a", "http://example.org/%(a)s"]
)
def test_what_is_no_check_string_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="policy check"):
        compile_check(text, {}.__getitem__)


ANY_CONFIGURATION = cfg.ConfigOpts()
WORDS = st.sampled_from(["a", "A", "b", "x", "1", "None", "True", "project-id", ""])
VALUE = WORDS | st.none() | st.booleans() | st.integers(0, 1)
NAMES = st.sampled_from(["a", "b", "user_id", "target.a", "target.deep.b", "network:project_id"])
"""Attributes of the target, one of them with the colon that the network service uses."""
PATHS = st.sampled_from(["user_id", "None", "True", "1", "'a'", '"x"', "token.a", "token.deep.b", "groups", "no.where"])
"""The left side of a comparison: an attribute of the credentials, or a literal."""
LIST_OR_VALUE = VALUE | st.lists(VALUE, max_size=3)
DEEP = st.fixed_dictionaries({}, optional={"b": LIST_OR_VALUE})
INSIDE = st.fixed_dictionaries({}, optional={"a": LIST_OR_VALUE, "deep": DEEP | st.lists(DEEP, max_size=2)})
CREDENTIALS = st.fixed_dictionaries(
    {"roles": st.lists(WORDS, max_size=3), "token": INSIDE},
    optional={"user_id": VALUE, "groups": st.lists(DEEP | VALUE, max_size=2)},
)
TARGET = st.fixed_dictionaries(
    {}, optional={"a": LIST_OR_VALUE, "b": VALUE, "user_id": VALUE, "network:project_id": VALUE, "target": INSIDE}
)
RIGHT = WORDS.map(lambda word: word or "x") | NAMES.map("%({})s".format) | st.builds("{}-%({})s".format, WORDS, NAMES)
SINGLE = st.sampled_from(["@", "!"]) | RIGHT.map("role:{}".format) | st.builds("{}:{}".format, PATHS, RIGHT)


def expressions(single: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Check strings of single checks: nested, in brackets and without, in either case."""
    joined = st.sampled_from([" and ", " or ", " AND ", " Or "])

    def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        several = st.builds(lambda word, parts: word.join(parts), joined, st.lists(inner, min_size=2, max_size=3))
        mixed = st.builds("{} or {} and {}".format, inner, inner, inner)
        return several | mixed | inner.map("({})".format) | inner.map("not ({})".format) | single.map("not {}".format)

    return st.recursive(single, grown, max_leaves=8)


def flattened(value: dict[str, Any], before: str = "") -> dict[str, Any]:
    """A target as upstream's services hand it to oslo.policy: what is inside of it under names with dots."""
    found: dict[str, Any] = {}
    for name, one in value.items():
        found |= flattened(one, f"{before}{name}.") if isinstance(one, dict) else {before + name: one}
    return found


FIRST = expressions(SINGLE)
SECOND = expressions(SINGLE | st.just("rule:first"))
THIRD = expressions(SINGLE | st.sampled_from(["rule:first", "rule:second"]))


@settings(deadline=None)
@given(FIRST, SECOND, THIRD, CREDENTIALS, TARGET)
def test_check_strings_that_nobody_wrote_decide_like_oslo_policy(
    first: str, second: str, third: str, creds: dict[str, Any], target: dict[str, Any]
) -> None:
    texts = {"first": first, "second": second, "third": third}
    theirs = oslo.Rules({name: oslo._parser.parse_rule(text) for name, text in texts.items()})
    enforcer = oslo.Enforcer(ANY_CONFIGURATION, use_conf=False)
    enforcer.set_rules(theirs)
    checks: dict[str, Any] = {}
    for name, text in texts.items():
        checks[name] = compile_check(text, checks.__getitem__)
    for name in texts:
        try:
            right = bool(theirs[name](flattened(target), creds, enforcer))
        except (TypeError, AttributeError):
            continue  # a path through what has no parts breaks it
        assert bool(checks[name](in_ours(creds), target)) == right, name
