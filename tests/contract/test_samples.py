"""Upstream's sample answers: keys and types of ours at the sample's microversion, to what the sample's request asks."""

import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.cloud import Cloud, Response
from tests.contract import asking, fit, golden, samples
from tests.contract.asking import Question
from tests.contract.extensions import unserved
from tests.contract.operations import Operation, named, operations
from tests.contract.recorded import exchanges
from tests.contract.replay import said
from tests.contract.samples import Sample
from tests.contract.scene import Scene
from tests.contract.shapes import differences, recorded
from tests.contract.stage import Stage
from tests.contract.watch import ContractBroken


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    """A cloud with two hosts, so that lists of them have pages."""
    cloud = Cloud(hosts=2)
    yield cloud
    cloud.close()


@pytest.fixture(scope="module")
def stage(scene: Scene) -> Stage:
    """The scene with what the samples want besides."""
    return Stage(scene)


@pytest.mark.parametrize("service", ["identity", "image", "compute", "network", "block-storage"])
def test_answers_look_like_the_samples(stage: Stage, service: str) -> None:
    different: list[str] = []
    uncovered: list[str] = []
    compared = 0
    for operation, sample in _wanted(service):
        left, refusal = _compared(stage, operation, sample)
        if left is None:
            uncovered.append(f"{sample.file} ({operation.name}): {refusal}")
        else:
            compared += 1
            different += [f"{sample.file} ({operation.name}): {difference}" for difference in left]
    assert compared > 5
    golden.compare(f"samples_{service}", different)
    golden.compare(f"uncovered_{service}", uncovered)


def _wanted(service: str) -> list[tuple[Operation, Sample]]:
    """Response samples of served operations, reads first, each once."""
    found: dict[tuple[str, str], tuple[Operation, Sample]] = {}
    for operation in operations():
        if operation.service == service and operation.route.method != "DELETE":
            for sample in samples.of(operation, "response"):
                if isinstance(sample.body, dict | list):
                    found.setdefault((operation.name, sample.file), (operation, sample))
    order = ("GET", "HEAD", "POST", "PUT", "PATCH")
    return sorted(found.values(), key=lambda one: (order.index(one[0].route.method), one[0].name, one[1].file))


def _compared(stage: Stage, operation: Operation, sample: Sample) -> tuple[list[str] | None, str]:
    """The differences of the answer that is most like the sample; None, and the first refusal, where all are refused."""
    best: list[str] | None = None
    left: list[str] | None = None
    refusal = ""
    for question in asking.questions(stage, operation, sample):
        try:
            answer = question.ask()
        except ContractBroken as broken:
            return broken.reasons, ""
        if answer.status == 410 and operation.name in _gone():
            return [], ""
        strange = _strange(question, answer)
        if strange:
            refusal = strange if not refusal or refusal.startswith("403") else refusal
            continue
        found = _found(question, answer)
        if best is None or _far(found) < _far(best):
            best, left = found, _left(question, found)
        if not left:
            break
    return left, refusal


def _strange(question: Question, answer: Response) -> str:
    """Why an answer is none to the sample's question: a refusal, or a body about something else."""
    if not 200 <= answer.status < 300 or not answer.body:
        words = said(answer.json if "json" in answer.headers.get("content-type", "") else None)[1]
        words = re.sub(r"(<br />|\s)+", " ", words).strip()
        return f"{answer.status} {words[:200]}"
    ours = fit.under_its_name(question.operation, question.sample.body, answer.json)
    if isinstance(ours, dict) and not ours.keys() & question.sample.body.keys():
        return f"{answer.status} {', '.join(ours)}"
    return ""


def _found(question: Question, answer: Response) -> list[str]:
    theirs = question.sample.body
    found = sorted(set(differences(theirs, fit.under_its_name(question.operation, theirs, answer.json))))
    named_already = {one.rpartition("/")[2] for one in found}
    return found + [f"refuses {name}" for name in question.refused if name not in named_already]


def _far(found: list[str]) -> tuple[int, int]:
    """How far an answer is from a sample: first its outermost keys, then all."""
    return sum(one.count("/") == 1 for one in found), len(found)


def _left(question: Question, found: list[str]) -> list[str]:
    """The differences that are not the sample's: that the recordings do not have, nor are of an extension that is not served."""
    operation, sample = question.operation, question.sample
    version = asking.version(operation, sample)
    if operation.service == "network":
        found = [one for one in found if one.startswith("adds ") or not unserved(re.split("[/ ]", one)[-1])]
    return [one for one in found if not recorded(operation, version, one)]


@cache
def _gone() -> frozenset[str]:
    """Operations that the real service has no more."""
    return frozenset(one.name for one in exchanges("compute") if one.status == 410)


def test_a_request_is_paired_with_its_answer() -> None:
    operation = named("network", "POST /v2.0/ports")
    assert operation is not None
    answer = next(
        one for one in samples.of(operation, "response") if one.file.endswith("ports-bulk-create-response.json")
    )
    first, *_ = fit.requests(operation, answer)
    assert first.file == "network/ports/ports-bulk-create-request.json"


def test_what_the_recordings_show_too_is_no_difference() -> None:
    operation = named("identity", "GET /v3/users")
    assert operation is not None
    found = set(
        differences({"users": [{"id": "a", "federated": []}]}, {"users": [{"id": "a", "options": {}, "pet": 1}]})
    )
    assert found == {"lacks /users/[]/federated", "adds /users/[]/options", "adds /users/[]/pet"}
    assert {one for one in found if not recorded(operation, (0, 0), one)} == {"adds /users/[]/pet"}
