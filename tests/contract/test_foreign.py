"""What belongs to another project is answered exactly like what does not exist."""

import re
import uuid

import pytest

from tests.cloud import Client, Response
from tests.contract import bodies, golden
from tests.contract.operations import Operation, operations
from tests.contract.scene import Scene

_SHARED = {
    "agents",
    "capabilities",
    "domains",
    "endpoints",
    "extensions",
    "flavors",
    "os-aggregates",
    "os-hosts",
    "os-hypervisors",
    "os-quota-class-sets",
    "os-services",
    "regions",
    "roles",
    "services",
    "types",
}
"""What belongs to no project."""


def _missing(like: str) -> str:
    """An id of the same form that nothing has."""
    if re.fullmatch(r"[0-9a-f]{32}", like):
        return uuid.uuid4().hex
    if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", like):
        return str(uuid.uuid4())
    return "".join(reversed(like)) + "-x"


def _asked(client: Client, operation: Operation, scene: Scene, id: str) -> tuple[int, str, str]:
    word = operation.collections[0]
    values = scene.values(operation) | {word: id}
    path = operation.path(values, scene.b.id, "00000000-0000-4000-8000-00000000dead")
    body = bodies.request(operation)
    answer: Response = client.call(operation.route.method, path, body, version=operation.version())
    text = answer.body.decode(errors="replace").replace(id, "ID").replace(id.replace("-", ""), "ID")
    text = re.sub(r"\breq-[0-9a-f-]{36}\b", "REQUEST", text)
    return answer.status, answer.headers.get("content-type", ""), re.sub(r"\b[0-9a-f]{64}\b", "HASH", text)


@pytest.mark.parametrize("role", ["member", "reader"])
def test_foreign_ids_are_answered_like_missing_ones(scene: Scene, role: str) -> None:
    client = scene.b.clients[role]
    found: list[str] = []
    asked = 0
    for one in operations():
        if one.open or not one.parameters or one.collections[0] in _SHARED or one.collections[0] not in scene.ids:
            continue
        asked += 1
        theirs = scene.values(one)[one.collections[0]]
        foreign, missing = _asked(client, one, scene, theirs), _asked(client, one, scene, _missing(theirs))
        if foreign != missing:
            more = "" if foreign[0] != missing[0] else f", {foreign[2][:120]!r} but {missing[2][:120]!r}"
            found.append(f"{one}: {foreign[0]}, missing {missing[0]}{more}")
        elif foreign[0] < 400:
            found.append(f"{one}: {foreign[0]} for foreign and missing alike")
    assert asked > 20
    golden.compare(f"foreign_{role}", found)
