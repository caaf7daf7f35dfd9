"""Our rules against upstream's, letter by letter, and each route's rule against those that upstream names for the operation."""

import pytest

from gureum.app import register
from gureum.kernel.http.route import ANYONE, AUTHENTICATED
from gureum.kernel.policy import policy
from tests.contract import golden
from tests.contract.operations import POLICIES, operations
from tests.contract.policies import for_administrators, listed, rules


@pytest.fixture(scope="module", autouse=True)
def _registered() -> None:
    register()


def test_every_rule_says_what_upstreams_says() -> None:
    found: list[str] = []
    for service in POLICIES:
        theirs = rules(service)
        for name in policy.names(service):
            if name not in theirs:
                found.append(f"{service} {name}: upstream has no such rule")
            elif policy.text(service, name) != theirs[name].check:
                found.append(f"{service} {name}: {policy.text(service, name)!r} instead of {theirs[name].check!r}")
    golden.compare("rules", found)


def test_every_rule_is_open_to_the_tokens_that_upstreams_is_open_to() -> None:
    found: list[str] = []
    for service in POLICIES:
        for name in set(policy.names(service)) & set(rules(service)):
            ours, theirs = policy.scopes(service, name), rules(service)[name].scope
            # the network service asks its scope beside its rules
            if ours != theirs and not (service == "network" and not ours and theirs == {"project"}):
                found.append(f"{service} {name}: {sorted(ours)} instead of {sorted(theirs)}")
    assert not found, "\n".join(sorted(found))


def test_every_route_asks_a_rule_that_upstream_names_for_it() -> None:
    found: list[str] = []
    for one in operations():
        theirs = listed(one.service, one.name) or listed(one.service, one.name.replace("HEAD ", "GET ", 1))
        ours = one.route.rule
        if ours in (ANYONE, AUTHENTICATED) and not theirs:
            continue
        if ours not in theirs:
            said = {ANYONE: "(nobody)", AUTHENTICATED: "(any token)"}.get(ours, ours)
            found.append(f"{one}: {said} instead of {' | '.join(sorted(theirs)) or '(nothing listed)'}")
    golden.compare("route_rules", found)


@pytest.mark.parametrize(
    ("service", "operation", "administrators"),
    [
        ("compute", "GET /v2.1/os-services", True),
        ("compute", "POST /v2.1/flavors", True),
        ("compute", "POST /v2.1/servers", False),
        ("network", "GET /v2.0/agents", True),
        ("network", "POST /v2.0/networks", False),
        ("block-storage", "POST /v3/types", True),
        ("block-storage", "GET /v3/types", False),
        ("identity", "POST /v3/users", True),
        ("identity", "GET /v3/users/{}", False),
        ("image", "POST /v2/images", False),
    ],
)
def test_what_is_for_administrators(service: str, operation: str, administrators: bool) -> None:
    assert listed(service, operation)
    assert for_administrators(service, operation) is administrators
