"""Requests that schemathesis makes of upstream's descriptions: what fits an operation's parameters and body, and what does not.

Each served operation gets a description of its own, of the body at its newest microversion (of one action where it is one), so
that no time goes into choosing among branches that belong to others.
"""

import contextlib
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

import hypothesis
import schemathesis
from schemathesis.core import NOT_SET
from schemathesis.core.errors import SchemathesisError
from schemathesis.generation import GenerationMode

from tests.contract import openapi
from tests.contract.fuzz import Request, headers_of
from tests.contract.operations import Operation, operations
from tests.contract.scene import Scene

_JSON = "application/json"
_IDS = ("x", "0", "-1", "\u2603", "a" * 300, "00000000-0000-4000-8000-00000000dead")


@cache
def described(service: str) -> tuple[Operation, ...]:
    """The served operations of a service that upstream describes."""
    document = openapi.document(service)
    return tuple(one for one in operations() if one.service == service and document.knows(_name(one)))


@cache
def _schema(service: str) -> Any:
    content = openapi.document(service).content
    paths = {f"/{number}": {"post": _operation(one)} for number, one in enumerate(described(service))}
    parts = {name: content[name] for name in ("openapi", "info", "components") if name in content}
    return schemathesis.openapi.from_dict(parts | {"paths": paths})


def _operation(one: Operation) -> dict[str, Any]:
    document = openapi.document(one.service)
    found: dict[str, Any] = {"responses": {"200": {"description": "well"}}}
    found["parameters"] = [parameter for parameter in document.parameters(_name(one)) if parameter["in"] == "query"]
    most = one.api.versions.most if one.api.versions else (0, 0)
    version = min(most, one.route.until or most)
    pointer = document.request(_name(one), version, one.route.action)
    if pointer is not None:
        found["requestBody"] = {"required": True, "content": {_JSON: {"schema": document.schema(pointer)}}}
    return found


def _name(operation: Operation) -> str:
    method, path, *_ = operation.name.split(" ")
    return f"{method} {path}"


def each(scene: Scene, operation: Operation, random: Random, times: int, ask: Callable[[Request], None]) -> None:
    """Call `ask` with so many requests of an operation, a third of them such as its description does not allow."""
    number = described(operation.service).index(operation)
    described_one = _schema(operation.service)[f"/{number}"]["post"]
    for mode, share in ((GenerationMode.POSITIVE, times - times // 3), (GenerationMode.NEGATIVE, times // 3)):
        if not share:
            continue

        @hypothesis.seed(random.randrange(2**32))
        @hypothesis.settings(
            max_examples=share,
            database=None,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
            phases=[hypothesis.Phase.generate],
        )
        @hypothesis.given(described_one.as_strategy(generation_mode=mode))
        def run(case: Any) -> None:
            ask(_request(scene, operation, case, random))

        # where there is nothing in it that could be wrong
        with contextlib.suppress(hypothesis.errors.Unsatisfiable, SchemathesisError):
            run()


def _request(scene: Scene, operation: Operation, case: Any, random: Random) -> Request:
    path = (
        scene.path(operation)
        if random.random() < 0.8
        else operation.path({}, scene.a.id, quote(random.choice(_IDS), safe=""))
    )
    if operation.route.method == "DELETE":
        path = operation.path({}, scene.a.id)  # what is taken away cannot be asked about
    if case.query:
        path += "?" + urlencode(case.query, doseq=True, errors="surrogatepass")
    body = None if case.body is NOT_SET else case.body
    return Request(operation.route.method, path, body, headers_of(operation))
