"""Requests that nobody in his right mind sends: known bodies, paths and queries with one or two things gone wrong."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote

from tests.contract import bodies
from tests.contract.operations import Operation
from tests.contract.scene import Scene

_DEEP = json.loads("[" * 100 + "]" * 100)
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 2**64, 10**40, 0.5, 1e308, -0.0,
    "", " ", "a", "0", "-1", "null", "true", "\0", "a\0b", "\ud800", "\U0001f4a5", "\u202e", "a" * 255, "a" * 256, "a" * 70_000,
    "../../etc/passwd", "%00", "%s%n{0}${x}{{7*7}}", "' OR 1=1 --", "<script>", "10.0.0.0/33", "::1/129", "0.0.0.0/0", "1e999",
    "9" * 5_000, "-" + "9" * 5_000, "\u00b2", "\u0663", "1_000", " 1", "+1", "NaN", "inf",
    "<" * 60_000, "a," * 2_000, "((((((((((a+)+)+)+)+)+)+)+)+)+)$",
    "2026-13-45T99:99:99Z", "00000000-0000-4000-8000-00000000dead", "req-x", "*", "rule:admin", "http://127.0.0.1:1/", "file:///x",
    [], {}, [[]], [{}], [None], {"": None}, {"\ud800": 1}, {"a" * 300: "b"}, list(range(300)), _DEEP,
)  # fmt: skip
RAW = (
    b"", b"{", b"[]", b"null", b"1", b'""', b"\xff\xfe", b'{"a":}', b'{"a":1e999}', b'{"a":NaN}', b"{}" * 3,
    b"[" * 200_000, b'{"a":' * 50_000, b'{"server":{"server":', b'{"\\ud800":1}', b'{"a":' + b"9" * 5_000 + b"}",
)  # fmt: skip
QUERIES = (
    "limit",
    "marker",
    "sort_key",
    "sort_dir",
    "sort",
    "fields",
    "name",
    "id",
    "all_tenants",
    "changes-since",
    "page_reverse",
)
VERSIONS = ("0.0", "2.1", "2.999", "latest", "9" * 40 + ".1", "2." + "9" * 5_000, "x", "-1.-1", "3.\u0661", "")


@dataclass(frozen=True)
class Request:
    """One of them."""

    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict[str, str])

    def __str__(self) -> str:
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        return f"{self.method} {self.path[:300]} {self.headers} {body[:400]!r}"


def requests(scene: Scene, operation: Operation, random: Random, times: int) -> Iterator[Request]:
    """So many for an operation."""
    body = bodies.request(operation)
    for _ in range(times):
        yield random.choice(_WAYS)(scene, operation, body, random)


def _path(scene: Scene, operation: Operation) -> str:
    """Of the scene's things, except where they would be lost to those that follow."""
    return operation.path({}, scene.a.id) if operation.route.method == "DELETE" else scene.path(operation)


def headers_of(operation: Operation) -> dict[str, str]:
    """Those that choose the newest microversion."""
    version = operation.version()
    names = {"compute": "compute", "block-storage": "volume", "placement": "placement"}
    return {"openstack-api-version": f"{names[operation.service]} {version}"} if version else {}


def _wrong_body(scene: Scene, operation: Operation, body: Any, random: Random) -> Request:
    wrong = copy.deepcopy(body)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        wrong = _mutated(wrong, random)
    return Request(operation.route.method, _path(scene, operation), wrong, headers_of(operation))


def _mutated(body: Any, random: Random) -> Any:
    places = list(_places(body))
    if not places:
        return copy.deepcopy(random.choice(VALUES))
    holder, key = random.choice(places)
    value = copy.deepcopy(random.choice(VALUES))
    match random.randrange(6):
        case 0 if isinstance(holder, dict):
            holder[random.choice(("", "id", "x", "\0", "a" * 300, "project_id", "__class__"))] = value
        case 1:
            del holder[key]
        case 2 if isinstance(holder, list):
            holder.extend([copy.deepcopy(holder[key])] * 30)
        case _:
            holder[key] = value
    return body


def _places(body: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a body."""
    keys = list(body) if isinstance(body, dict) else range(len(body)) if isinstance(body, list) else ()
    for key in keys:
        yield body, key
        yield from _places(body[key])


def _raw_body(scene: Scene, operation: Operation, body: Any, random: Random) -> Request:
    raw = random.choice(RAW)
    if random.random() < 0.3:
        whole = bytearray(json.dumps(body, default=str).encode())
        whole[random.randrange(len(whole))] = random.randrange(256)
        raw = bytes(whole)
    kind = random.choice(("application/json", "application/json", "application/json; charset=x", "text/plain", "x", ""))
    headers = headers_of(operation) | {"content-type": kind}
    return Request(operation.route.method, _path(scene, operation), raw, headers)


def _wrong_path(scene: Scene, operation: Operation, body: Any, random: Random) -> Request:
    words = [word for word in VALUES if isinstance(word, str) and len(word) < 300]
    word = quote(random.choice(words).encode("utf-8", "surrogatepass"), safe="")
    path = operation.path({}, random.choice((scene.a.id, word)), word or "%20")
    return Request(operation.route.method, path, body, headers_of(operation))


def _wrong_query(scene: Scene, operation: Operation, body: Any, random: Random) -> Request:
    known = getattr(operation.route.query, "names", ())
    pairs: list[str] = []
    for _ in range(random.randrange(1, 5)):
        value = random.choice(VALUES)
        text = value if isinstance(value, str) else str(value)[:300]
        encoded = quote(text[:5000].encode("utf-8", "surrogatepass"))
        pairs.append(f"{random.choice((*QUERIES, *known))}={random.choice(('', 'like:', 'in:', 'gt:'))}{encoded}")
    return Request(operation.route.method, f"{_path(scene, operation)}?{'&'.join(pairs)}", body, headers_of(operation))


def _wrong_headers(scene: Scene, operation: Operation, body: Any, random: Random) -> Request:
    name = headers_of(operation).get("openstack-api-version", "compute").partition(" ")[0]
    headers = {
        "openstack-api-version": f"{name} {random.choice(VERSIONS)}",
        "accept": random.choice(("*/*", "text/html", "", ";q=x", "application/json;q=0", "a/*;q=0.1," * 6_000)),
        "if-match": "revision_number=" + random.choice(("1", "9" * 5_000, "\u00b2")),
        "x-openstack-request-id": random.choice(("req-x", "", "x" * 500)),
        "x-auth-token": random.choice(("", "x", "gAAAAA" + "A" * 300, "\xe9")),
        "host": random.choice(("", "[::1", "a:b:c", "evil.example", "x" * 300)),
        "x-forwarded-proto": "x",
        "range": random.choice(("bytes=9-1", "bytes=-", "x", "bytes=0-99999999999999999999", f"bytes={'9' * 5_000}-")),
        "content-range": "bytes x",
    }
    chosen = {key: headers[key] for key in random.sample(sorted(headers), 2)}
    return Request(operation.route.method, _path(scene, operation), body, headers_of(operation) | chosen)


_WAYS: tuple[Callable[[Scene, Operation, Any, Random], Request], ...] = (
    _wrong_body, _wrong_body, _wrong_body, _wrong_body, _raw_body, _wrong_path, _wrong_query, _wrong_query, _wrong_headers,
)  # fmt: skip
