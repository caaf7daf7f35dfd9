"""The policy matrix: every operation by every kind of caller, against what oslo.policy makes of upstream's rules.

What upstream refuses must be refused, or a list must be empty; without a token everything is 401. What upstream allows must be
done: reads about the things of the scene, writes about things made anew for each of them, so that none disturbs another. A write
whose body is refused before its rule is asked says nothing: those operations are listed as undecided, once each.
"""

from collections.abc import Iterator

import pytest

from gureum.kernel.http.route import ANYONE, AUTHENTICATED
from tests.cloud import Client
from tests.contract import golden
from tests.contract.asked import Asked
from tests.contract.callers import NO_TOKEN, Callers, project_of
from tests.contract.operations import Operation, operations
from tests.contract.policies import deciding
from tests.contract.scene import Scene

SERVICES = ("identity", "image", "compute", "network", "block-storage", "placement")
ANYBODY = ("reader", "system reader")
"""Who is asked about what no rule decides, besides who has no token."""
TWICE = ("block-storage",)
"""Services whose operations have a path with a project and one without."""


def _wrong(operation: Operation, scene: Scene, callers: Callers) -> Iterator[str]:
    for name, client in callers.items():
        if _asks(operation, scene, name, client):
            found = Asked(scene, operation, name, client).wrong()
            if found:
                yield found


def _asks(operation: Operation, scene: Scene, name: str, client: Client) -> bool:
    """Whether it is asked of this caller: what no rule decides of three; of two paths that of the caller's project, or none."""
    if name == NO_TOKEN:
        return True
    mine = project_of(client) == scene.a.id
    here = operation.service not in TWICE or mine is ("{project_id}" in operation.route.path)
    return here and (name in ANYBODY or len(deciding(operation)) > 0)


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_answers_every_kind_of_caller_as_upstreams_rules_say(
    scene: Scene, callers: Callers, service: str
) -> None:
    asked = [one for one in operations() if one.service == service]
    assert len(asked) > 10
    golden.compare(f"matrix_{service}", {line for one in asked for line in _wrong(one, scene, callers)})


def test_operations_that_no_rule_of_upstreams_decides_are_known() -> None:
    found = {
        f"{one}: {_words(one.route.rule)}" for one in operations() if one.service in SERVICES and not deciding(one)
    }
    golden.compare("unruled", found)


def _words(rule: str) -> str:
    return {ANYONE: "asks nobody who they are", AUTHENTICATED: "any token"}.get(rule, rule)
