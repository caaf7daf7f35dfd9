"""The policy matrix: every operation by every kind of caller, against what oslo.policy makes of upstream's rules.

What upstream refuses must be refused, or a list must be empty; without a token everything is 401. What upstream allows must be
done: reads about the things of the scene, writes about things made anew for each of them, so that none disturbs another. A write
whose body is refused before its rule is asked says nothing: those operations are listed as undecided, once each.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from gureum.kernel.http.route import ANYONE, AUTHENTICATED
from tests.cloud import Client, Response
from tests.contract import callers as kinds
from tests.contract import fitting, golden
from tests.contract.callers import NO_TOKEN, OTHER_PROJECT, Callers, project_of
from tests.contract.fresh import Fresh
from tests.contract.operations import Operation, operations
from tests.contract.policies import deciding
from tests.contract.scene import Scene

SERVICES = ("identity", "image", "compute", "network", "block-storage", "placement")
REFUSED = (403, 404)
UNDECIDED = (400, 415)
GONE = (300, 410, 501)
"""What some operations answer whom they let: a choice, that upstream does not have it any more, that it is not done here."""
ANYBODY = ("reader", "system reader")
"""Who is asked about what no rule decides, besides who has no token."""
TWICE = ("block-storage",)
"""Services whose operations have a path with a project and one without."""


def _expected(operation: Operation, client: Client, about: Mapping[str, Any]) -> bool:
    """Whether upstream allows it: a rule does that is open to this kind of token, or none is asked."""
    names = deciding(operation)
    if not names:
        return operation.open or client.token is not None
    return any(kinds.may(client, operation.service, name, about) for name in names)


class _Asked:
    """One operation by one caller: the request, its answer, and whether that is what upstream's rules say."""

    def __init__(self, scene: Scene, operation: Operation, name: str, client: Client) -> None:
        self.scene, self.operation, self.name, self.client = scene, operation, name, client
        self.reads = operation.route.method in ("GET", "HEAD")
        self.allowed = _expected(operation, client, kinds.about(operation, scene, client))
        owner = scene.b if name == OTHER_PROJECT and self.allowed and not operation.parameters else scene.a
        self.things = Fresh(scene, operation, owner, client)

    def wrong(self) -> str:
        """What is wrong with it; empty where nothing is."""
        if self.allowed and not self.reads:
            self.things.make()
        answer = self._ask(self.client)
        if self.allowed and not self.reads:
            self.things.restore()
        if self.allowed:
            return "" if self._went_well(answer) else self._said(answer, "allows")
        if answer.status in UNDECIDED and not self._elsewhere():
            return f"{self.operation}: {answer.status} before its rule is asked"
        return "" if self._refused(answer) else self._said(answer, "refuses")

    def _ask(self, client: Client) -> Response:
        operation = self.operation
        body, headers = fitting.body(self.things), fitting.headers(self.scene, operation)
        path = self.things.path() + self.scene.query(operation, project_of(client))
        return client.call(operation.route.method, path, body, version=operation.version(), headers=headers)

    def _said(self, answer: Response, upstream: str) -> str:
        return f"{self.operation} by {self.name}: {answer.status}, upstream {upstream} it"

    def _went_well(self, answer: Response) -> bool:
        """Whether it was done; of a write a conflict too, for it comes of the state, and after the rule."""
        if answer.status < 300 or answer.status in GONE or (answer.status == 409 and not self.reads):
            return True
        return self.reads and self._ask(self.scene.cloud.admin).status == 404 == answer.status

    def _refused(self, answer: Response) -> bool:
        """Whether the answer gives nothing away: a refusal, a list of nothing, the word that it is another project's."""
        if self.name == NO_TOKEN:
            return answer.status == 401
        if answer.status == 200 and not self.operation.parameters and self.operation.route.method == "GET":
            lists = [value for value in answer.json.values() if isinstance(value, list)]
            return len(lists) > 0 and not any(lists)
        return answer.status in REFUSED or (answer.status == 400 and self._elsewhere())

    def _elsewhere(self) -> bool:
        """Whether a new thing of the network service is to be another project's than the token says."""
        operation = self.operation
        return operation.name.startswith("POST /v2.0/") and project_of(self.client) != self.scene.a.id


def _wrong(operation: Operation, scene: Scene, callers: Callers) -> Iterator[str]:
    for name, client in callers.items():
        if _asks(operation, scene, name, client):
            found = _Asked(scene, operation, name, client).wrong()
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
