"""Every route, asked by those who may not: without a token, and by a plain member where upstream asks for an administrator."""

from typing import Any

import pytest

from tests.cloud import Client, Cloud, Response
from tests.contract import bodies, golden
from tests.contract.operations import Operation, operations
from tests.contract.policies import for_administrators
from tests.contract.recorded import exchanges
from tests.contract.scene import Scene

_OPEN = ("", "v3", "v2", "v2.0", "v2.1", "versions", "v1", "v3.0")
"""The paths of discovery, which need no token."""
_LOGIN = ("POST /v3/auth/tokens", "POST /v3/users/{}/password")
"""They ask for a password instead."""


def _ask(client: Client, operation: Operation, path: str) -> Response:
    return client.call(operation.route.method, path, bodies.request(operation), version=operation.version())


def _refusal(service: str) -> tuple[Any, bool]:
    """How the real service answers without a token: its body, and whether it names the way to authenticate."""
    for exchange in exchanges(service):
        if exchange.case == "no token" and exchange.status == 401:
            return exchange.body, any(name.lower() == "www-authenticate" for name, _ in exchange.row["headers"])
    raise LookupError(service)


def test_only_discovery_and_logging_in_need_no_token() -> None:
    found = {
        str(one)
        for one in operations()
        if one.open and one.route.path.strip("/") not in _OPEN and one.name not in _LOGIN
    }
    assert not found


@pytest.mark.parametrize("service", ["identity", "image", "compute", "network", "block-storage", "placement"])
def test_without_a_token_everything_is_401(cloud: Cloud, service: str) -> None:
    body, challenged = _refusal(service)
    wrong: list[str] = []
    asked = 0
    for one in operations():
        if one.service != service or one.open:
            continue
        asked += 1
        answer = _ask(cloud.anonymous(), one, one.path({}, "p" * 32, "x" * 32))
        right = answer.status == 401 and (one.route.method == "HEAD" or _same(answer.json, body))
        if not right or ("www-authenticate" in answer.headers) is not challenged:
            wrong.append(f"{one}: {answer.status} {answer.body.decode(errors='replace')[:200]}")
    assert asked
    assert not wrong, "\n".join(wrong)


def _same(ours: Any, theirs: Any) -> bool:
    return ours == theirs and list(ours) == list(theirs)


def test_a_plain_member_is_refused_what_upstream_leaves_to_administrators(scene: Scene) -> None:
    found: list[str] = []
    asked = 0
    for one in operations():
        if not for_administrators(one.service, one.name):
            continue
        asked += 1
        status = _ask(scene.a.member, one, scene.address(one)).status
        if status != 403:
            found.append(f"{one}: {status} instead of 403")
    assert asked > 100
    golden.compare("access", found)
