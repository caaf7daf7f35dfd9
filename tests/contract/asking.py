"""The questions that a sample may be the answer to, asked of a member and of the administrator."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gureum.kernel.http.history import Version
from gureum.kernel.http.negotiate import show
from tests.cloud import Client, Response
from tests.contract import fit
from tests.contract.operations import Operation, named
from tests.contract.samples import Sample
from tests.contract.stage import Stage

_UNKNOWN = re.compile(
    r"Unrecognized attribute\(s\) ('[^']*')|properties are not allowed \(('.*') (?:was|were) unexpected"
)
_PATCH = "application/openstack-images-v2.1-json-patch"


@dataclass
class Question:
    """A request by somebody. `refused` are the attributes that it had to do without to be understood."""

    stage: Stage
    operation: Operation
    sample: Sample
    client: Client
    request: Sample | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    refused: list[str] = field(default_factory=list[str])

    def ask(self) -> Response:
        """The answer."""
        body = None if self.request is None else fit.fitted(self.stage, self.operation, self.request.body)
        reads = self.operation.route.method == "GET"
        if not reads:
            self.stage.prepared(self.operation, body)
        path = fit.path(self.stage, self.operation, body, version(self.operation, self.sample))
        path = path.replace(f"/volume/v3/{self.stage.scene.a.id}/", f"/volume/v3/{self.client.project_id}/", 1)
        path += fit.query(self.stage, self.sample) if reads else ""
        answer = self._ask(path, body)
        while isinstance(body, dict) and _unknown(answer):
            self.refused += _unknown(answer)
            body = _without(body, self.refused)
            answer = self._ask(path, body)
        return answer

    def _ask(self, path: str, body: Any) -> Response:
        spoken = show(version(self.operation, self.sample)) if self.operation.api.versions else None
        headers = self.headers | ({"content-type": _PATCH} if isinstance(body, list) else {})
        return self.client.call(self.operation.route.method, path, body, version=spoken, headers=headers)


def version(operation: Operation, sample: Sample) -> Version:
    """The microversion of a sample: where its page names none, the least that has the operation."""
    versions = operation.api.versions
    if sample.version != (0, 0) or versions is None:
        return sample.version
    return max(versions.least, operation.route.since or (0, 0))


def questions(stage: Stage, operation: Operation, sample: Sample) -> Iterator[Question]:
    """All questions, the likeliest first."""
    for client in (stage.scene.a.member, stage.scene.cloud.admin):
        if operation.name == "GET /v3/auth/tokens":
            for token in _tokens(stage, sample):
                yield Question(stage, operation, sample, client, headers={"x-subject-token": token})
        elif operation.route.method == "GET":
            yield Question(stage, operation, sample, client)
        else:
            for request in fit.requests(operation, sample) or [None]:
                yield Question(stage, operation, sample, client, request)


def _tokens(stage: Stage, sample: Sample) -> Iterator[str]:
    """Tokens to ask about: of the logins that the sample may belong to."""
    login = named("identity", "POST /v3/auth/tokens")
    assert login is not None
    for request in fit.requests(login, sample):
        made = stage.scene.cloud.anonymous().post("/v3/auth/tokens", fit.fitted(stage, login, request.body))
        if made.status == 201:
            yield made.headers["x-subject-token"]


def _unknown(answer: Response) -> list[str]:
    """The attributes that a refusal says it does not know."""
    found = _UNKNOWN.search(answer.body.decode()) if answer.status == 400 else None
    return re.findall(r"[\w:.-]+", found[1] or found[2]) if found else []


def _without(body: Any, names: list[str]) -> Any:
    """A body without some attributes: that they are refused is a difference of its own."""
    if isinstance(body, dict):
        return {name: _without(one, names) for name, one in body.items() if name not in names}
    return [_without(one, names) for one in body] if isinstance(body, list) else body
