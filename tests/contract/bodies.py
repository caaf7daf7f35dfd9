"""A body that an operation understands at its newest microversion."""

from functools import cache
from typing import Any

from gureum.kernel.http.route import TxKind
from tests.contract import samples
from tests.contract.operations import Operation
from tests.contract.recorded import Exchange, exchanges

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


@cache
def _accepted(service: str) -> dict[str, Exchange]:
    found: dict[str, Exchange] = {}
    for one in exchanges(service):
        if 200 <= one.status < 300 and isinstance(one.row.get("req_body"), dict):
            best = found.get(one.name)
            if best is None or one.version > best.version:
                found[one.name] = one
    return found
