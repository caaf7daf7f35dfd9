"""Scripted requests of the recordings, asked again of a scene: which of them, by whom, and with which ids."""

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote

from gureum.kernel.http.trie import Leaf
from tests.cloud import PASSWORD, Client, Response
from tests.contract.operations import operations
from tests.contract.recorded import Exchange, exchanges
from tests.contract.scene import Scene

_STATE = re.compile(
    r"again|deleted|duplicate|foreign|quota|exceed|over the|in use|while |locked|state: |used name|awaiting|two X-Auth|"
    r"revoke|page after|upper case|upload|unprotect|immutable|bootstrap|parent|protected|change|revert|another|range|"
    r"at each microversion|GET as |GET at |GET, |200 kB|chunked|download|shared network|compute port|overlap|"
    r"subnet of another|from a pool|twice|create with a port|port not behind|with the source|"
    r"admin action: in-use|external network as",
    re.IGNORECASE,
)
"""Cases that need a history of their own, or bytes that the recording does not keep."""
_PATHS = re.compile(r"unknown path|unknown subresource|path tricks|blank id|on an item")
"""Cases of paths that nothing has."""
_SAME = re.compile(r"trailing slash|\.json suffix|HEAD")
"""Cases that name a thing in another way."""
_METHODS = re.compile(r"wrong method|OPTIONS|POST on an item|with the other method|HEAD")
_UNKNOWN = re.compile(r"unknown id|malformed id|blank id|id too long|path tricks|unknown path|unknown project")
_HARMLESS = ("GET", "HEAD", "OPTIONS", "BREW")
_REFUSED = (400, 401, 403, 405, 406, 415)
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b")
_NUMBERED = re.compile(rf"{_ID.pattern}|[0-9]+")
_HEADERS = ("accept", "content-type", "openstack-api-version", "x-openstack-nova-api-version", "x-subject-token")
KINDS = {
    "network_id": "networks",
    "net_id": "networks",
    "floating_network_id": "external",
    "subnet_id": "subnets",
    "port_id": "ports",
    "router_id": "routers",
    "security_group_id": "security-groups",
    "remote_group_id": "security-groups",
    "group": "os-server-groups",
    "imageRef": "images",
    "flavorRef": "flavors",
    "image_id": "images",
    "volume_id": "volumes",
    "volumeId": "volumes",
    "volume_uuid": "volumes",
    "user_id": "users",
    "domain_id": "domains",
    "group_id": "groups",
    "role_id": "roles",
    "service_id": "services",
    "region_id": "regions",
    "parent_provider_uuid": "parents",
}
"""Key of a body → what it names."""


class Unfit(Exception):
    """A request that the scene cannot be asked."""


@dataclass(frozen=True)
class Again:
    """A recorded request that can be asked: of whom, and how it looks here."""

    exchange: Exchange
    client: Client
    path: str
    headers: dict[str, str]
    raw: bytes
    instead: dict[str, str]
    """Ids of the scene → those of the recording that they stand for."""

    def ask(self) -> Response:
        """Ask it with exactly the recorded headers."""
        headers = self.headers | ({"x-auth-token": self.client.token} if self.client.token else {})
        asking = self.client._asgi(self.exchange.row["method"], self.path, headers, self.raw)
        return self.client.cloud.run(asking)


@dataclass
class Replay:
    """All that is needed to ask a service's recorded requests again."""

    service: str
    scene: Scene

    def __post_init__(self) -> None:
        self._api = next(one.api for one in operations() if one.service == self.service)
        self._clients = _clients(self.scene)
        self._foreign = {"project member reader": self.scene.b.member, "project reader": self.scene.b.reader}
        self._real = _real(self.service)
        self._instead: dict[str, str] = {}
        self._case = ""
        without_quotas(self.scene)
        private = {"name": "private", "visibility": "private"}
        made = self.scene.cloud.admin.post("/image/v2/images", private).ok(201)
        self.scene.ids["private images"] = made["id"]

    def requests(self) -> Iterator[Again]:
        """Every scripted request that needs no particular state, of operations that are served."""
        for exchange in exchanges(self.service):
            if not exchange.case or exchange.status in (0, 409, 413, 500) or _STATE.search(exchange.case):
                continue
            if "Malformed request url" in str(exchange.body):
                continue  # another project's id stood in the path
            if exchange.name == "POST /v3/auth/tokens" and exchange.status < 300:
                continue  # a user of the recording
            try:
                yield self._again(exchange)
            except Unfit:
                continue

    def _again(self, exchange: Exchange) -> Again:
        row = exchange.row
        self._instead, self._case = {}, exchange.case
        client = self._client(row.get("auth"), foreign=_is_foreign(exchange))
        path = self._path(exchange, client)
        self._must_be_served(exchange, path)
        headers = {name: value for name, value in row.get("req_headers", {}).items() if name.lower() in _HEADERS}
        if any("<" in value for value in headers.values()):
            raise Unfit("a secret")
        inside = {"host": "cloud.test:5000"} | {name.lower(): value for name, value in headers.items()}
        prefix = "" if self.service == "identity" else f"/{self._api.path}"
        query = f"?{self._mapped_query(row['query'])}" if row.get("query") else ""
        raw = self._raw(row.get("req_body"), client)
        return Again(exchange, client, f"{prefix}{path}{query}", inside, raw, self._instead)

    def _for(self, recorded: str, ours: str) -> str:
        self._instead[ours] = recorded
        return ours

    def _client(self, auth: Any, *, foreign: bool) -> Client:
        if auth is None:
            return self._clients["none"]
        if isinstance(auth, str):
            return self._clients["unknown"]
        key = f"{auth['scope']} {' '.join(sorted(auth['roles']))}"
        if key not in self._clients:
            raise Unfit(key)
        return self._foreign.get(key, self._clients[key]) if foreign else self._clients[key]

    def _path(self, exchange: Exchange, client: Client) -> str:
        template, path = exchange.row["template"].split("/"), exchange.row["path"].split("/")
        if len(template) != len(path):
            return exchange.row["path"]
        return "/".join(self._segment(exchange, client, template, path, at) for at in range(len(path)))

    def _segment(self, exchange: Exchange, client: Client, template: list[str], path: list[str], at: int) -> str:
        if template[at] == "{project_id}":
            return self._for(path[at], client.project_id if "project" in client.said else self.scene.a.id)
        last = not any(word.startswith("{") for word in template[at + 1 :])
        segment = path[at].removesuffix(".json")
        made_up = _named_unknown(exchange, template)
        if made_up is None and last:
            made_up = template[at - 1] if self._made_up(exchange, template, at, segment) else ""
        if template[at] != "{id}" or template[at - 1] == made_up:
            return path[at]
        word = template[at - 1]
        if word == "images" and "Only shared images have members" in str(exchange.body):
            word = "private images"
        if word == "users" and at != len(path) - 1 and "user" in client.said and "password" not in template:
            return self._for(segment, self._user(exchange, client, template))
        if word not in self.scene.ids or word == "os-keypairs" or not _keeps(exchange):
            raise Unfit("an item with a history")
        return self._for(segment, self.scene.ids[word]) + path[at][len(segment) :]

    def _user(self, exchange: Exchange, client: Client, template: list[str]) -> str:
        """Whose things a path is about: the caller's own, unless the recording says that they are another's."""
        if exchange.status == 403 and client is not self.scene.cloud.admin:
            return self.scene.cloud.admin.user_id
        return self.scene.ids["users"] if template[-2:] == ["application_credentials", "{id}"] else client.user_id

    def _made_up(self, exchange: Exchange, template: list[str], at: int, segment: str) -> bool:
        """Whether the last id of a path was one that nothing had."""
        case, final = exchange.case, at == len(template) - 1
        own = f"unknown {template[at - 1].removesuffix('s')}"
        if "marker" not in case and (_UNKNOWN.search(case) or (final and exchange.status == 404 and "unknown" in case)):
            return True
        return own in case or (
            exchange.status >= 400 and segment not in self._real and not _NUMBERED.fullmatch(segment)
        )

    def _must_be_served(self, exchange: Exchange, path: str) -> None:
        found = self._api.trie.find(unquote(path))
        method, case = exchange.row["method"], exchange.case
        if found is None:
            words = path.rstrip("/").split("/")
            most = 4 if self.service == "block-storage" else 3
            parent = words[:most] if "unknown" in case else words[:-1]
            served = self._api.trie.find(unquote("/".join(parent))) is not None
            if not served or not _PATHS.search(case) or _SAME.search(case):
                raise Unfit("not served")
            return
        leaf: Leaf = found[0]
        if exchange.row.get("action"):
            if exchange.row["action"] not in leaf.actions and "unknown action" not in case:
                raise Unfit("action not served")
        elif method not in leaf.methods and not (leaf.actions and method == "POST"):
            upstream_has_it = exchange.status not in (404, 405, 501)
            if not _METHODS.search(case) or (upstream_has_it and method not in ("HEAD", "OPTIONS")):
                raise Unfit("method not served")

    def _mapped_query(self, query: str) -> str:
        if any(found in self._real for found in _ID.findall(query)):
            raise Unfit("an id in the query")
        return query

    def _raw(self, body: Any, client: Client) -> bytes:
        if body is None:
            return b""
        if isinstance(body, str):
            return body.encode()
        if isinstance(body, dict) and "_len" in body:
            raise Unfit("a body that was not kept")
        text = json.dumps(self._mapped("", body, client)).replace("<password>", "Pass-word-1")
        if "HOST1" in text or "<" in text:
            raise Unfit("a placeholder")
        return text.encode()

    def _mapped(self, key: str, value: Any, client: Client) -> Any:
        if isinstance(value, dict):
            return {name: self._mapped(name, one, client) for name, one in value.items()}
        if isinstance(value, list):
            return [self._mapped(key, one, client) for one in value]
        if key == "resource_provider_generation" and isinstance(value, int):
            return self.scene.generation()
        if not isinstance(value, str) or value not in self._real:
            return value
        if key in ("project_id", "tenant_id", "default_project_id"):
            return self._for(value, client.project_id if "project" in client.said else self.scene.a.id)
        if f"bad {key}" in self._case or "not external" in self._case:
            raise Unfit("an id that is wrong in a way of its own")
        kind = "networks" if key == "uuid" and self.service == "compute" else KINDS.get(key, "")
        if kind not in self.scene.ids:
            if _ID.fullmatch(value):
                raise Unfit(f"the id of a {key}")
            return value
        return self._for(value, self.scene.ids[kind])


def _named_unknown(exchange: Exchange, template: list[str]) -> str | None:
    """The word of the path whose id was one that nothing had, where the case names it: `grant on unknown domain`."""
    said = re.search(r"unknown (\w+)", exchange.case)
    words = [before for before, word in itertools.pairwise(template) if word == "{id}"]
    return next((word for word in words if said and word.removesuffix("s") == said[1]), None)


def _is_foreign(exchange: Exchange) -> bool:
    """Whether what a request named was another project's than the caller's."""
    case, status = exchange.case, exchange.status
    return (case == "create, plain member" and status >= 400) or (
        status == 404 and case in ("delete as reader", "create, reader")
    )


def without_quotas(scene: Scene) -> None:
    """Let the projects of the scene and of the administrator have as much as they like."""
    names = {
        "/compute/v2.1/os-quota-sets": ("quota_set", ("cores", "instances", "ram", "key_pairs")),
        "/network/v2.0/quotas": (
            "quota",
            ("network", "subnet", "port", "router", "floatingip", "security_group", "security_group_rule"),
        ),
        f"/volume/v3/{scene.cloud.admin.project_id}/os-quota-sets": ("quota_set", ("volumes", "gigabytes")),
    }
    for path, (key, resources) in names.items():
        for project in (scene.a.id, scene.cloud.admin.project_id):
            scene.cloud.admin.put(f"{path}/{project}", {key: dict.fromkeys(resources, -1)}).ok(200)


def _keeps(exchange: Exchange) -> bool:
    """Whether a request about an existing item leaves it as it is, and does not depend on whose it is."""
    method, status, case = exchange.row["method"], exchange.status, exchange.case
    if method == "DELETE":
        return status == 401 or "as reader" in case or "wrong method" in case
    if status == 404:
        return bool(_METHODS.search(case) or _PATHS.search(case) or _SAME.search(case) or "unknown" in case)
    if method in _HARMLESS and status == 403:
        return "admin" in str(exchange.row.get("auth")) or not case.startswith(("list as", "show as", "show unknown"))
    return method in _HARMLESS or status in _REFUSED


def _clients(scene: Scene) -> dict[str, Client]:
    cloud, admin = scene.cloud, scene.cloud.admin
    name = scene.a.member.said["user"]["name"]
    roles = {role["name"]: role["id"] for role in admin.get("/v3/roles").ok(200)["roles"]}
    admin.put(f"/v3/domains/default/users/{admin.user_id}/roles/{roles['admin']}").ok(204)
    everything = "admin manager member reader"
    return {
        "none": cloud.anonymous(),
        "unknown": Client(cloud, "gAAAAABbogusbogusbogus"),
        f"project {everything}": admin,
        "project member reader": scene.a.member,
        "project reader": scene.a.reader,
        "unscoped ": cloud.login(name, PASSWORD),
        f"domain {everything}": cloud.login("admin", PASSWORD, domain={"id": "default"}),
        f"system {everything}": cloud.login("admin", PASSWORD, system=True),
    }


@cache
def _real(service: str) -> frozenset[str]:
    """Ids of things that were there when it was recorded."""
    found: set[str] = set()
    for name in {"identity", "network", "image", "compute", "block-storage", service}:
        for exchange in exchanges(name):
            if 200 <= exchange.status < 300:
                found.update(_ids(exchange.body))
    return frozenset(found)


def _ids(body: Any) -> Iterator[str]:
    if isinstance(body, dict):
        for key, value in body.items():
            if key == "id" and isinstance(value, str | int):
                yield str(value)
            else:
                yield from _ids(value)
    elif isinstance(body, list):
        for one in body:
            yield from _ids(one)


def plain(text: str) -> str:
    """A message without what differs from cloud to cloud: ids, hosts, request ids, made-up names."""
    text = re.sub(r"req-[0-9a-f-]{36}|<request-id>", "REQUEST", text)
    text = re.sub(r"https?://[^/\s'\"<>]+(/(identity|image|compute|network|volume|placement)(?=/))?", "URL", text)
    text = re.sub(r"[0-9a-fA-F]{64}", "HASH", text)
    text = _ID.sub("ID", text)
    return re.sub(r"(?<![0-9])[0-9]{6,}(?![0-9])", "N", text)


def said(body: Any) -> tuple[str, str]:
    """The shape of an error's body and what it says."""
    if isinstance(body, dict):
        shape: list[str] = []
        texts: list[str] = []
        for key, value in body.items():
            if isinstance(value, dict):
                shape.append(f"{key}{{{','.join(value)}}}")
                texts += [str(one) for name, one in value.items() if name in ("message", "type", "detail")]
            elif key == "errors":
                shape += [f"errors[0]{{{','.join(one)}}}" for one in value]
                texts += [str(one[name]) for one in value for name in ("code", "detail") if name in one]
            else:
                shape.append(key)
                texts += [str(value)] if key in ("message", "code", "title") else []
        return ",".join(shape), plain(" ".join(texts))
    return type(body).__name__, plain(str(body or ""))
