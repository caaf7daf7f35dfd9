"""A body that an operation understands at its newest microversion."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from gureum.kernel.http.history import Version
from gureum.kernel.http.route import TxKind
from tests.contract import samples
from tests.contract.operations import Operation
from tests.contract.recorded import Exchange, exchanges

_MOST = 8
_LEAST: dict[str, Any] = {
    "POST /v3/types/{}/extra_specs": {"extra_specs": {"k": "v"}},
    "PUT /v3/types/{}/extra_specs/{}": {"k": "v"},
    "PUT /v3/os-quota-class-sets/{}": {"quota_class_set": {"volumes": 10}},
    "PUT /v2.1/os-services/{}": {"status": "enabled"},
}
"""Where neither recordings nor samples have one."""


def request(operation: Operation, *, parsed: bool = False) -> Any:
    """The newest that the real service accepted, else upstream's newest sample, else the least there can be.

    `parsed`: the handler of a raw body reads JSON from it all the same.
    """
    if (operation.route.raw and not parsed) or operation.route.tx is TxKind.STREAM:
        return b"x" if operation.route.method in ("POST", "PUT") else None
    recorded = _accepted(operation.service).get(operation.name)
    if recorded is not None:
        return recorded.row["req_body"]
    found = sorted(samples.of(operation, "request"), key=lambda sample: sample.version)
    if found:
        return found[-1].body
    if operation.name in _LEAST:
        return _LEAST[operation.name]
    if operation.route.action:
        return {operation.route.action: None}
    return {} if operation.route.method in ("POST", "PUT", "PATCH") else None


def accepted(operation: Operation, version: Version) -> Iterator[Any]:
    """Bodies that may be right at a microversion, the newest first: of samples and of what the real service accepted."""
    like = re.compile(re.escape(operation.name).replace(r"\{\}", "[^/ ]+"))
    found = [
        (one.version, one.body)
        for one in samples.samples(operation.service)
        if one.kind == "request" and like.fullmatch(one.name)
    ]
    found += [(one.version, one.row["req_body"]) for one in _taken(operation.service) if like.fullmatch(one.name)]
    fitting = sorted((one for one in found if one[0] <= version and one[1]), key=lambda one: one[0], reverse=True)
    yield from (body for _, body in fitting[:_MOST])
    yield request(operation)


@cache
def _taken(service: str) -> list[Exchange]:
    return [one for one in exchanges(service) if 200 <= one.status < 300 and isinstance(one.row.get("req_body"), dict)]


@cache
def _accepted(service: str) -> dict[str, Exchange]:
    found: dict[str, Exchange] = {}
    for one in _taken(service):
        best = found.get(one.name)
        if best is None or one.version > best.version:
            found[one.name] = one
    return found
