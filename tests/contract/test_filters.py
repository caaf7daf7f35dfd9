"""No list takes a query parameter and does nothing about it: neither those that upstream describes nor those that we name."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from tests.cloud import Client
from tests.contract import golden
from tests.contract.openapi import document
from tests.contract.operations import Operation, operations
from tests.contract.scene import Scene

VALUES = (
    "nothing-has-this",
    "0",
    "1",
    "987654",
    "true",
    "false",
    "00000000-0000-4000-8000-00000000dead",
    "1999-01-01T00:00:00Z",
    "gt:2999-01-01T00:00:00Z",
    "gt:2999-01-01 00:00:00.000000",
    "192.0.2.1",
    "ip_address=192.0.2.1",
    "red",
    "sideways",
    "[",
)
"""One of them at least must change the answer."""


def _parameters(operation: Operation) -> list[str]:
    """What it may be asked with. The tags of one thing are no list, although upstream's generator takes them for one."""
    described = document(operation.service)
    names = described.queries(operation.name) if described.knows(operation.name) else []
    if operation.route.query is not None:
        newest = operation.route.until or (operation.api.versions.most if operation.api.versions else (0, 0))
        names += operation.route.query.known(newest)
    return [] if operation.name.endswith("/tags") else sorted(set(names))


READS = [one for one in operations() if one.route.method == "GET" and _parameters(one)]


def _askers(scene: Scene, operation: Operation) -> Iterator[tuple[Client, str, dict[str, str]]]:
    """Clients, each with the path and the parameters that show it the things of the scene."""
    path = scene.path(operation)
    yield scene.a.member, path, {}
    yield scene.a.member, path, {"limit": "1"}
    admin = scene.cloud.admin
    path = path.replace(scene.a.id, admin.project_id)
    yield admin, path, {"all_tenants": "1"} if "all_tenants" in _parameters(operation) else {}
    yield admin, path, {"deleted": "true"} if "deleted" in _parameters(operation) else {}


def _works(scene: Scene, operation: Operation, name: str) -> bool:
    for client, path, given in _askers(scene, operation):
        seen: set[tuple[int, str]] = set()
        for more in ({}, *({name: value} for value in VALUES)):
            asked = urlencode(given | more)
            answer = client.get(f"{path}?{asked}", version=operation.version())
            seen.add((answer.status, answer.body.decode().replace(asked, "")))
            if len(seen) > 1:
                return True
    return False


def test_every_query_parameter_has_an_effect(scene: Scene) -> None:
    assert len(READS) > 30
    dead = [
        f"{one.service} {one.name} {name}" for one in READS for name in _parameters(one) if not _works(scene, one, name)
    ]
    golden.compare("parameters", dead)


@pytest.mark.parametrize("operation", [one for one in READS if "sort_key" in _parameters(one)], ids=str)
def test_no_sort_key_that_there_is_not_is_taken(scene: Scene, operation: Operation) -> None:
    answer = scene.cloud.admin.get(
        f"{scene.path(operation)}?sort_key=nothing&sort_dir=asc", version=operation.version()
    )
    golden.note("sort_keys", str(operation), answer.status == 400)
