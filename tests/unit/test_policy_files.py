"""Policy files: in force when they change, refused when they cannot be asked; and why a rule says what it says."""

import os
from pathlib import Path

import pytest

from gureum.kernel.caller import Caller
from gureum.kernel.policy import Policy, PolicyFiles, Rule, explain

MEMBER = Caller("m", project_id="p", roles=("member", "reader"))
SYSTEM_READER = Caller("s", system=True, roles=("reader",))
OWN = frozenset({"project_id"})
SHARED = frozenset({"shared"})


def rules() -> Policy:
    policy = Policy()
    policy.add(
        "s",
        [
            Rule("admin", "role:admin"),
            Rule("owner", "project_id:%(project_id)s"),
            Rule("list", "rule:admin or (role:reader and rule:owner) or field:things:shared=True"),
            Rule("make", "rule:admin", scope="project"),
        ],
    )
    policy.lists("s", {"list": (OWN, SHARED)})
    return policy


def write(path: Path, text: str) -> None:
    """Write a file that differs in its time, however fast the test is."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text)
    os.utime(path, ns=(before + 10**9, before + 10**9))


def test_a_file_counts_when_it_changes_and_its_end_brings_the_defaults_back(tmp_path: Path) -> None:
    policy, path = rules(), tmp_path / "s.yaml"
    files = PolicyFiles(policy, {"s": path})
    files.load()
    assert not policy.allows("s", "make", MEMBER)
    write(path, "make: role:member\n")
    assert files.refresh() == ["s"]
    assert policy.allows("s", "make", MEMBER)
    assert policy.overridden("s") == {"make": "role:member"}
    assert files.refresh() == []
    write(path, "# nothing\n")
    assert files.refresh() == ["s"]
    assert not policy.allows("s", "make", MEMBER)
    write(path, "make: '@'\n")
    files.refresh()
    path.unlink()
    assert files.refresh() == ["s"]
    assert policy.overridden("s") == {}


BAD = {
    "unknown: '@'": "no such rule: unknown",
    "make: [a]": "a check string is text",
    "- make": "not a mapping",
    "make: 'role'": "policy check not understood",
    "make: 'rule:nowhere'": "refers to rule nowhere, which there is not",
    "admin: 'rule:make'\nmake: 'rule:admin'": "in a circle: admin → make → admin",
    "make: '@": "found unexpected end of stream",
    "list: 'not project_id:%(project_id)s'": "cannot ask for rows where not project_id",
    "list: 'role:x and name:%(name)s'": "can ask for project_id or shared of a row, not for name",
    "owner: 'project_id:%(project_id)s and user_id:%(user_id)s'": "not for project_id, user_id together",
    "list: 'rule:owner and field:things:shared=True'": "not for project_id, shared together",
}


@pytest.mark.parametrize(("text", "reason"), BAD.items())
def test_a_bad_file_is_refused_at_start_and_later_leaves_things_as_they_were(
    tmp_path: Path, text: str, reason: str
) -> None:
    policy, path = rules(), tmp_path / "s.yaml"
    write(path, text)
    with pytest.raises(ValueError, match=reason):
        PolicyFiles(policy, {"s": path}).load()
    assert policy.overridden("s") == {}
    write(path, "make: role:member")
    files = PolicyFiles(policy, {"s": path})
    files.load()
    write(path, text)
    assert files.refresh() == []
    assert reason in files.problems["s"]
    assert policy.overridden("s") == {"make": "role:member"}
    write(path, "make: role:reader")
    assert files.refresh() == ["s"]
    assert files.problems == {}


@pytest.mark.parametrize(
    "check", ["@", "!", "role:x", "rule:owner or field:things:shared=True", "not role:x", "rule:owner and not role:x"]
)
def test_what_a_list_can_ask_is_taken(check: str) -> None:
    policy = rules()
    policy.override("s", {"list": check})
    assert policy.text("s", "list") == check


def test_the_part_that_decided_is_named() -> None:
    policy = rules()
    mine, theirs = {"project_id": "p"}, {"project_id": "q"}
    allowed = explain(policy, "s", "list", MEMBER, mine)
    assert allowed["allowed"]
    assert allowed["because"] == ["role:reader holds", "rule:owner → project_id:%(project_id)s holds"]
    refused = explain(policy, "s", "list", MEMBER, theirs)
    assert not refused["allowed"]
    assert refused["because"] == [
        "rule:admin → role:admin does not hold",
        "rule:owner → project_id:%(project_id)s does not hold",
        "field:things:shared=True does not hold",
    ]
    assert [one["text"] for one in refused["parts"]][:3] == ["any of", "rule:admin", "role:admin"]


def test_a_token_of_the_wrong_scope_is_said_to_be_that() -> None:
    found = explain(rules(), "s", "make", SYSTEM_READER, {})
    assert (found["allowed"], found["because"]) == (False, ["the rule is open to tokens of: project"])
