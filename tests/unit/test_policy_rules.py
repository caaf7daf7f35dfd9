"""How far rules reach, which tokens they are open to, and what an operator may change."""

import pytest

from gureum.kernel.caller import SYSTEM, Caller
from gureum.kernel.faults import Forbidden
from gureum.kernel.policy import Policy, Reach, Rule

ADMIN = Caller("a", project_id="p", project_domain_id="d", roles=("admin", "manager", "member", "reader"))
MEMBER = Caller("m", project_id="p", project_domain_id="d", roles=("member", "reader"))
DOMAIN_READER = Caller("r", domain_id="d", roles=("reader",), credentials={"token": {"domain": {"id": "d"}}})
SYSTEM_READER = Caller("s", system=True, roles=("reader",))
UNSCOPED = Caller("u")
CALLERS = (ADMIN, MEMBER, DOMAIN_READER, SYSTEM_READER, UNSCOPED)


@pytest.mark.parametrize(
    ("check", "reaches"),
    [
        ("role:admin", "ALL NONE NONE NONE NONE"),
        ("role:admin or (role:reader and system_scope:all)", "ALL NONE NONE ALL NONE"),
        ("rule:wide or (role:reader and domain_id:%(target.user.domain_id)s)", "ALL NONE DOMAIN NONE NONE"),
        ("role:reader and token.domain.id:%(target.domain.id)s", "NONE NONE DOMAIN NONE NONE"),
        ("role:admin or (role:reader and project_id:%(project_id)s)", "ALL PROJECT NONE NONE NONE"),
        ("role:member and tenant_id:%(network:tenant_id)s", "PROJECT PROJECT NONE NONE NONE"),
        ("user_id:%(user_id)s", "PROJECT PROJECT NONE NONE NONE"),
        ("role:reader and not project_id:%(project_id)s", "NONE NONE ALL ALL NONE"),
        ("", "ALL ALL ALL ALL ALL"),
        ("!", "NONE NONE NONE NONE NONE"),
    ],
)
def test_reach(check: str, reaches: str) -> None:
    policy = Policy()
    policy.add("s", [Rule("wide", "role:admin"), Rule("rule", check)])
    found = [policy.reach("s", "rule", caller).name for caller in CALLERS]
    assert found == reaches.split()


def test_rules_are_open_to_some_tokens_only() -> None:
    policy = Policy()
    policy.add("s", [Rule("projects", "", scope="project"), Rule("wide", "", scope="system,domain"), Rule("any", "")])
    assert [policy.allows("s", "projects", caller) for caller in CALLERS] == [True, True, False, False, True]
    assert [policy.allows("s", "wide", caller) for caller in CALLERS] == [False, False, True, True, False]
    assert all(policy.allows("s", "any", caller) for caller in CALLERS)
    assert policy.reach("s", "projects", SYSTEM_READER) is Reach.NONE
    assert policy.allows("s", "projects", SYSTEM)


def test_a_rule_refers_to_one_that_comes_later_and_an_override_counts_at_once() -> None:
    policy = Policy()
    policy.add("s", [Rule("first", "rule:second"), Rule("second", "role:admin", scope="project")])
    assert policy.allows("s", "first", ADMIN)
    assert not policy.allows("s", "first", MEMBER)
    policy.override("s", {"second": "role:member"})
    assert policy.allows("s", "first", MEMBER)
    assert not policy.allows("s", "second", SYSTEM_READER)
    with pytest.raises(ValueError, match="no such rule: third"):
        policy.override("s", {"third": "@"})
    with pytest.raises(Forbidden) as refused:
        policy.demand("s", "second", UNSCOPED)
    assert refused.value.about["rule"] == "second"


def test_names_belong_to_a_service() -> None:
    policy = Policy()
    policy.add("one", [Rule("same", "@")])
    policy.add("two", [Rule("same", "!")])
    assert policy.allows("one", "same", UNSCOPED)
    assert not policy.allows("two", "same", UNSCOPED)
    assert policy.text("one", "same") == "@"
    assert policy.names("two") == ["same"]
