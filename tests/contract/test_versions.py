"""Every read of compute, block storage and placement at every advertised microversion, against upstream's descriptions."""

import pytest

from tests.contract import golden
from tests.contract.operations import Operation, operations
from tests.contract.scene import Scene

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
        assert answer.status < 500, f"{path} at {text}: {answer.body!r}"
    golden.note("unread", str(operation), bool(statuses & {200, 204, 300, 410}))
