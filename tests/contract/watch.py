"""Every exchange of a test against upstream's descriptions: a request that went well, and its answer."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from gureum.app import APIS
from gureum.kernel.http.api import Api
from gureum.kernel.http.history import Version
from tests.cloud import Exchange
from tests.contract.openapi import Mismatch, is_upstreams, mismatches
from tests.contract.operations import POLICIES, erased

_NUMBER = re.compile(r"(\d+)\.(\d+)$")


class ContractBroken(AssertionError):
    """A body that upstream's description does not allow; `reasons` without the values of this one."""

    def __init__(self, about: str, wrong: list[Mismatch]) -> None:
        super().__init__(f"{about}\n  " + "\n  ".join(map(str, wrong)))
        self.reasons = sorted({f"{one.side} of {one.operation}: {one.key}" for one in wrong})


def watch(exchange: Exchange) -> None:
    """Raises ContractBroken with operation, microversion, place in the body and reason."""
    if not 200 <= exchange.answer.status < 300 or exchange.method == "HEAD":
        return
    found = operation_of(exchange)
    if found is None:
        return
    api, name = found
    wrong = []
    version = spoken(exchange)
    if exchange.answer.headers.get("content-type", "").startswith("application/json") and exchange.answer.body:
        answer = exchange.answer.json
        wrong += mismatches(api.service, name, version, status=exchange.answer.status, answer=answer)
    asked = _json(exchange)
    if asked is not None:
        wrong += mismatches(api.service, name, version, asked=asked)
    left = [one for one in wrong if not is_upstreams(api.service, one)]
    if left:
        raise ContractBroken(f"{api.service}, {exchange.method} {exchange.path}", left)


def operation_of(exchange: Exchange) -> tuple[Api, str] | None:
    """The API and the name of the operation that an exchange was about; None for one of no OpenStack API."""
    path = urlsplit(exchange.path).path
    api, inner = APIS[0], path
    for one in APIS:
        if path == f"/{one.path}" or path.startswith(f"/{one.path}/"):
            api, inner = one, path[len(one.path) + 1 :] or "/"
    leaf = api.find(inner) if api.service in POLICIES else None
    if leaf is None:
        return None
    routes = leaf[0].methods.get(exchange.method, [])
    if exchange.method == "POST" and leaf[0].actions:
        body = _json(exchange)
        key = next((key for key in body or () if key in leaf[0].actions), None)
        routes = leaf[0].actions.get(key, routes) if key else routes
    if not routes:
        return None
    action = f" {routes[0].action}" if routes[0].action else ""
    return api, f"{exchange.method} {erased(routes[0].path)}{action}"


def spoken(exchange: Exchange) -> Version:
    """The microversion that the answer names."""
    found = _NUMBER.search(exchange.answer.headers.get("openstack-api-version", ""))
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _json(exchange: Exchange) -> Any:
    if not exchange.raw or "json" not in exchange.headers.get("content-type", ""):
        return None
    try:
        return json.loads(exchange.raw)
    except ValueError:
        return None
