"""One operation asked by one caller: the request, its answer, and whether that is what upstream's rules say."""

from collections.abc import Mapping
from typing import Any

from tests.cloud import Client, Response
from tests.contract import callers as kinds
from tests.contract import fitting
from tests.contract.callers import NO_TOKEN, OTHER_PROJECT, project_of
from tests.contract.fresh import Fresh
from tests.contract.operations import Operation
from tests.contract.policies import deciding
from tests.contract.scene import Scene

REFUSED = (403, 404)
UNDECIDED = (400, 415)
GONE = (300, 410, 501)
"""What some operations answer whom they let: a choice, that upstream does not have it any more, that it is not done here."""


def _expected(operation: Operation, client: Client, about: Mapping[str, Any]) -> bool:
    """Whether upstream allows it: a rule does that is open to this kind of token, or none is asked."""
    names = deciding(operation)
    if not names:
        return operation.open or client.token is not None
    return any(kinds.may(client, operation.service, name, about) for name in names)


class Asked:
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
        answer = self.ask(self.client)
        if self.allowed and not self.reads:
            self.things.restore()
        if self.allowed:
            return "" if self.went_well(answer) else self._said(answer, "allows")
        if answer.status in UNDECIDED and not self._elsewhere():
            return f"{self.operation}: {answer.status} before its rule is asked"
        return "" if self.refused(answer) else self._said(answer, "refuses")

    def ask(self, client: Client) -> Response:
        """Send the request."""
        operation = self.operation
        body, headers = fitting.body(self.things), fitting.headers(self.scene, operation)
        path = self.things.path() + self.scene.query(operation, project_of(client))
        return client.call(operation.route.method, path, body, version=operation.version(), headers=headers)

    def _said(self, answer: Response, upstream: str) -> str:
        return f"{self.operation} by {self.name}: {answer.status}, upstream {upstream} it"

    def went_well(self, answer: Response) -> bool:
        """Whether it was done; of a write a conflict too, for it comes of the state, and after the rule."""
        if answer.status < 300 or answer.status in GONE or (answer.status == 409 and not self.reads):
            return True
        return self.reads and self.ask(self.scene.cloud.admin).status == 404 == answer.status

    def refused(self, answer: Response) -> bool:
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
