"""Every rule of a route is really asked: when an override says that nobody may, nobody does.

That a route names a rule does not say that its door asks that one; `test_attributes` has those of single attributes.
"""

from collections.abc import Iterator

import pytest

from gureum.kernel.http.route import ANYONE, AUTHENTICATED
from gureum.kernel.policy import policy
from tests.contract import golden
from tests.contract.asked import Asked
from tests.contract.callers import Callers
from tests.contract.operations import Operation, operations
from tests.contract.scene import Scene

SERVICES = ("identity", "image", "compute", "network", "block-storage", "placement")
_FIRST = ("admin", "member", "service", "other project", "domain admin", "system reader")
"""Who is asked: the first that upstream allows it."""


def _asked(operation: Operation, scene: Scene, callers: Callers) -> Asked | None:
    found = (Asked(scene, operation, name, callers[name]) for name in _FIRST)
    return next((one for one in found if one.allowed), None)


def _unheeded(operation: Operation, scene: Scene, callers: Callers) -> Iterator[str]:
    one = _asked(operation, scene, callers)
    if one is None:
        yield f"{operation}: nobody may by default"
        return
    if not one.reads:
        one.things.make()
    policy.override(operation.service, {operation.route.rule: "!"})
    try:
        answer = one.ask(one.client)
    finally:
        policy.override(operation.service, {})
    if not one.refused(answer):
        yield f"{operation}: {answer.status} to {one.name} although nobody may {operation.route.rule}"


@pytest.mark.parametrize("service", SERVICES)
def test_what_an_override_takes_away_is_refused(scene: Scene, callers: Callers, service: str) -> None:
    mine = [one for one in operations() if one.service == service and one.route.rule not in (ANYONE, AUTHENTICATED)]
    asked = [one for one in mine if service != "block-storage" or "{project_id}" in one.route.path]
    assert len(asked) > 5
    golden.compare(f"overrides_{service}", {line for one in asked for line in _unheeded(one, scene, callers)})
