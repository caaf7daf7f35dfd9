"""Every exchange of every test: what went well against upstream's descriptions, refusals against the recordings' shapes."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from gureum.app import APIS
from gureum.kernel.http.api import Api
from gureum.kernel.http.history import Version
from gureum.kernel.http.negotiate import show
from tests.cloud import Exchange
from tests.contract import refusals
from tests.contract.openapi import Mismatch, is_upstreams, mismatches
from tests.contract.operations import POLICIES, erased

_NUMBER = re.compile(r"(\d+)\.(\d+)$")
_ID = re.compile(rb"[0-9a-f]{8}(-?)(?:[0-9a-f]{4}\1){3}[0-9a-f]{12}")
_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_right: set[tuple[str, str, Version, int, int]] = set()
"""Forms of exchanges that were looked at and found right: most tests ask what others asked."""


class ContractBroken(AssertionError):
    """An exchange that no real service would have; `reasons` without the values of this one."""

    def __init__(self, exchange: Exchange, wrong: list[Mismatch], others: Iterable[str] = ()) -> None:
        said = [*others, *map(str, wrong)]
        super().__init__(f"{exchange.method} {exchange.path}\n  " + "\n  ".join(said))
        self.reasons = sorted({f"{one.side} of {one.operation}: {one.key}" for one in wrong} | {*others})


def watch(exchange: Exchange) -> None:
    """Raises ContractBroken with operation, microversion, place in the body and reason."""
    api, path = _api_of(exchange)
    if api is None:
        return
    wrong = list(_headers(api, exchange))
    if exchange.answer.status >= 400 and exchange.method != "HEAD":
        strange = refusals.strange(api.service, exchange.answer)
        wrong += [strange] if strange else []
    if wrong:
        raise ContractBroken(exchange, [], wrong)
    if 200 <= exchange.answer.status < 300 and exchange.method not in ("HEAD", "OPTIONS"):
        _described(api, path, exchange)


def _headers(api: Api, exchange: Exchange) -> Iterator[str]:
    headers, status = exchange.answer.headers, exchange.answer.status
    if not headers.get("x-openstack-request-id", "").startswith("req-"):
        yield "no request id"
    if exchange.answer.body and "content-type" not in headers:
        yield "a body of no content type"
    if api.versions is None:
        if "openstack-api-version" in headers:
            yield "a microversion of a service that has none"
    elif 200 <= status < 300 and _below_version(exchange):
        asked = exchange.version
        said = headers.get("openstack-api-version")
        right = show(api.versions.most) if asked == "latest" else asked or show(api.versions.least)
        if "openstack-api-version" in exchange.headers and said != f"{api.versions.service} {right}" and asked:
            yield f"asked for microversion {asked}, answered with {said}"
        if "openstack-api-version" not in headers.get("vary", "").lower():
            yield "no Vary on the microversion"


def _below_version(exchange: Exchange) -> bool:
    return urlsplit(exchange.path).path.strip("/").count("/") > 1 and exchange.method != "OPTIONS"


def _described(api: Api, path: str, exchange: Exchange) -> None:
    name = _operation(api, path, exchange)
    if name is None:
        return
    version = spoken(exchange)
    form = api.service, name, version, exchange.answer.status, _form(exchange)
    if form in _right:
        return
    wrong: list[Mismatch] = []
    if exchange.answer.headers.get("content-type", "").startswith("application/json") and exchange.answer.body:
        answer = exchange.answer.json
        wrong += mismatches(api.service, name, version, status=exchange.answer.status, answer=answer)
    asked = _json(exchange)
    if asked is not None:
        wrong += mismatches(api.service, name, version, asked=asked)
    left = [one for one in wrong if not is_upstreams(api.service, one)]
    if left:
        raise ContractBroken(exchange, left)
    _right.add(form)


def _form(exchange: Exchange) -> int:
    """The same for bodies that differ only in which ids and moments they name."""
    kinds = (one.headers.get("content-type") for one in (exchange, exchange.answer))
    bodies = (_MOMENT.sub(b"moment", _ID.sub(_dashed, one)) for one in (exchange.raw, exchange.answer.body))
    return hash((*kinds, *bodies))


def _dashed(id: re.Match[bytes]) -> bytes:
    return b"uuid" if b"-" in id[0] else b"hex"


def operation_of(exchange: Exchange) -> tuple[Api, str] | None:
    """The API and the name of the operation that an exchange was about; None for one of no OpenStack API."""
    api, path = _api_of(exchange)
    name = None if api is None else _operation(api, path, exchange)
    return (api, name) if api is not None and name is not None else None


def _api_of(exchange: Exchange) -> tuple[Api | None, str]:
    """The OpenStack API that was asked, and the path that it saw."""
    path = urlsplit(exchange.path).path
    first = path.strip("/").split("/")[0]
    api = next((one for one in APIS if one.path == first), None)
    inner = path if api is None else path[len(api.path) + 1 :] or "/"
    api = api or APIS[0]
    return (api if api.service in POLICIES else None), inner


def _operation(api: Api, path: str, exchange: Exchange) -> str | None:
    leaf = api.find(path)
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
    return f"{exchange.method} {erased(routes[0].path)}{action}"


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
