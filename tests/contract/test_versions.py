"""Reads of compute, block storage and placement at every microversion, writes on both sides of every change of body or answer.

Whatever is answered is held against upstream's description of that microversion (`watch.py`).
"""

from typing import Any

import pytest

from gureum.kernel.http.history import Version
from gureum.kernel.http.negotiate import show
from gureum.kernel.http.schema import Shapes
from tests.cloud import Response
from tests.contract import bodies, fit, golden
from tests.contract.boundaries import boundaries, with_key
from tests.contract.operations import Operation, operations
from tests.contract.replay import said
from tests.contract.scene import Scene
from tests.contract.stage import Stage

READS = [
    one
    for one in operations()
    if one.service in ("compute", "block-storage", "placement") and one.route.method == "GET"
]


@pytest.mark.parametrize("operation", READS, ids=str)
def test_a_read_at_every_microversion(scene: Scene, operation: Operation) -> None:
    versions = operation.api.versions
    assert versions is not None
    path = scene.address(operation)
    statuses: set[int] = set()
    for minor in range(versions.least[1], versions.most[1] + 1):
        version = (versions.least[0], minor)
        if not operation.has(version):
            continue
        text = f"{version[0]}.{version[1]}"
        answer = scene.a.member.get(path, version=text)
        if answer.status >= 400:
            answer = scene.cloud.admin.get(path.replace(scene.a.id, scene.cloud.admin.project_id), version=text)
        statuses.add(answer.status)
        assert answer.status < 500 or answer.status == 501, f"{path} at {text}: {answer.body!r}"
    golden.note("unread", str(operation), bool(statuses & {200, 204, 300, 410, 501}))


WRITES = {
    str(one): one
    for one in operations()
    if one.service in ("compute", "block-storage") and isinstance(one.route.body, Shapes) and any(boundaries(one))
}


@pytest.fixture(scope="module")
def stage(scene: Scene) -> Stage:
    """The scene with what bodies want besides."""
    return Stage(scene)


@pytest.mark.parametrize("operation", WRITES.values(), ids=str)
def test_a_write_on_both_sides_of_every_change(stage: Stage, operation: Operation) -> None:
    taken: dict[Version, Any] = {}
    wrong: list[str] = []
    for boundary in boundaries(operation):
        for version in (boundary.before, boundary.at):
            if version not in taken:
                taken[version] = _taken(stage, operation, version)
                golden.note("unwritten", f"{operation} at {show(version)}", taken[version] is not None)
        for version, places in ((boundary.before, boundary.new), (boundary.at, boundary.gone)):
            for place in sorted(places) if taken[version] is not None else ():
                answer = _ask(stage, operation, with_key(taken[version], place), version)
                if not _refused(answer, place.rpartition("/")[2]):
                    wrong.append(f"{operation} at {show(version)} takes {place}")
    assert not wrong, "\n".join(wrong)


def _taken(stage: Stage, operation: Operation, version: Version) -> Any:
    """The newest body that is taken; None where none is."""
    for body in bodies.accepted(operation, version):
        asked = fit.fitted(stage, operation, body)
        if _ask(stage, operation, asked, version).status < 300:
            return asked
    return None


def _ask(stage: Stage, operation: Operation, body: Any, version: Version) -> Response:
    """The answer to the administrator, to whom most is allowed."""
    admin = stage.scene.cloud.admin
    stage.prepared(operation, body)
    path = fit.path(stage, operation, body, version)
    path = path.replace(f"/volume/v3/{stage.scene.a.id}/", f"/volume/v3/{admin.project_id}/", 1)
    return admin.call(operation.route.method, path, body, version=show(version))


def _refused(answer: Response, key: str) -> bool:
    """Whether a body was refused for a key; where there are several forms of a body, all are refused together."""
    words = said(answer.json)[1] if answer.status == 400 else ""
    return (f"'{key}'" in words and "unexpected" in words) or "not valid under any of the given schemas" in words


BOUNDED = [
    one
    for one in operations()
    if one.service in ("compute", "block-storage")
    and (one.route.since or one.route.until)
    and one.route.method != "HEAD"
]


@pytest.mark.parametrize("operation", BOUNDED, ids=str)
def test_an_operation_is_there_in_its_microversions_only(stage: Stage, operation: Operation) -> None:
    since, until = operation.route.since, operation.route.until
    outside = [(since[0], since[1] - 1)] if since else []
    outside += [(until[0], until[1] + 1)] if until else []
    for version in outside:
        if any(
            one.name == operation.name and one.has(version) for one in operations() if one.service == operation.service
        ):
            continue
        answer = _ask(stage, operation, bodies.request(operation), version)
        assert answer.status == 404, f"{operation} at {show(version)}: {answer.status} {answer.body!r}"


def test_the_changes_of_a_body_are_found() -> None:
    found = {one.at: one for one in boundaries(WRITES["compute POST /v2.1/servers"])}
    assert found[2, 52].new == {"server/tags"} and not found[2, 52].gone
    assert found[2, 37].gone == {"server/networks/[]/tag"} and found[2, 37].before == (2, 36)
    assert {one.at for one in boundaries(WRITES["block-storage PUT /v3/snapshots/{}"])} == {(3, 14), (3, 41), (3, 65)}
    assert with_key({"server": {"networks": "auto"}}, "server/networks/[]/tag") == {
        "server": {"networks": [{"tag": "x"}]}
    }
