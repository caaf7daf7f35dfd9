"""Upstream's sample requests, made to fit the stage: names and ids that are not here replaced by what is."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from gureum.kernel.http.history import Version
from tests.cloud import PASSWORD
from tests.contract import samples
from tests.contract.operations import Operation
from tests.contract.replay import KINDS
from tests.contract.samples import Sample
from tests.contract.stage import Stage
from tests.shared import api

_TRIES = 4
_NOWHERE = "00000000-0000-4000-8000-00000000dead"
_NAMED = ("metadata", "os-extra_specs", "extra_specs", "ips")
"""Collections whose things have their name as the only key of their body."""
_QUERIES = {
    r"hypervisors(-show)?-with-servers-": "with_servers=true",
    r"simple-tenant-usage-get-detail": "detailed=1",
    r"quotas-show-usage": "usage=true",
    r"pools-list-detailed": "detail=true",
    r"project-show-parents": "parents_as_list",
    r"project-show-subtree": "subtree_as_list",
    r"role-assignments-effective": "effective",
    r"/servers-(list|details)-": "all_tenants=1",
    r"include-names": "include_names=true",
    r"include-subtree": "include_subtree=true&scope.project.id={project}",
}
"""Pattern of a sample's file → the query that its page says it is the answer to."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_DROPPED = ("marker", "start", "end", "user_id", "status")
"""Parameters of a sample's link to the next page that are of its own world."""


_OUTSIDE = {"network_id": "external", "subnet_id": "external subnet", "ip_address": "free address"}
_OF = {
    "PUT /v2.1/servers/{}/os-volume_attachments/{}": {"volumeId": "os-volume_attachments"},
    "POST /v2.1/os-security-group-rules": {"parent_group_id": "new group", "group_id": "security-groups"},
}
"""Operation → what keys of its body name there only."""
_MEANT: dict[str, dict[str, str]] = {
    "add_host": {"host": "nova-compute"},
    "remove_host": {"host": "nova-compute"},
    "external_gateway_info": _OUTSIDE,
    "floatingip": {"subnet_id": "external subnet", "floating_ip_address": "free address"},
    "image": {"uuid": "images"},
    "networks": {"uuid": "networks"},
    "roles": {"name": "role name"},
    "security_group_rule": {"security_group_id": "new group"},
    "security_group_rules": {"security_group_id": "new group"},
    "subnet": {"network_id": "new network"},
    "subnets": {"network_id": "new network"},
}
"""Key of an object, or what a block device is made from → what keys below it name."""


def query(stage: Stage, sample: Sample) -> str:
    """The query of a sample of a read, with its `?`: that of its link to the next page, or what its file is named for."""
    found = next((said for pattern, said in _QUERIES.items() if re.search(pattern, sample.file)), "")
    pairs = parse_qsl(found.format(project=stage.scene.a.id), keep_blank_values=True)
    for link in _links(sample.body):
        pairs += [(name, value) for name, value in parse_qsl(urlsplit(link).query) if name not in _DROPPED]
    return f"?{urlencode(dict(pairs))}" if pairs else ""


def _links(body: Any) -> Iterator[str]:
    for name, links in body.items() if isinstance(body, dict) else ():
        if name.endswith("links") and isinstance(links, list):
            yield from (link["href"] for link in links if link.get("rel") == "next")


def requests(operation: Operation, answer: Sample) -> list[Sample]:
    """The sample requests that an answer may belong to, the likeliest first: by words of the file's name, and by version."""
    words = _words(answer)
    found = [one for one in samples.of(operation, "request") if one.version <= answer.version and one.body is not None]
    name = answer.file.replace("-response.json", "-request.json").replace("-resp.json", "-req.json")
    beside = replace(answer, file=name, kind="request")
    if name not in {answer.file, *(one.file for one in found)} and (api("samples") / name).is_file():
        found.append(beside)
    far = {one.file: len(words ^ _words(one)) for one in found}
    found.sort(key=lambda one: (far[one.file], [-part for part in one.version]))
    return [one for one in found if far[one.file] <= far[found[0].file] + 1][:_TRIES]


def _words(sample: Sample) -> frozenset[str]:
    name = sample.file.rpartition("/")[2].removesuffix(".json")
    noise = ("req", "resp", "request", "response", "post", "put", "auth")
    return frozenset(re.split(r"[-_]", name)) - frozenset(noise)


def path(stage: Stage, operation: Operation, body: Any, version: Version) -> str:
    """An operation's path about the things of the stage, or about what the body names."""
    values = stage.values(operation, version)
    if _is_named(operation) and isinstance(body, dict):
        values |= {operation.collections[-1]: next(iter(body.get("meta", body)))}
    return operation.path(values, stage.scene.a.id, _NOWHERE)


def under_its_name(operation: Operation, theirs: Any, ours: Any) -> Any:
    """Our answer about a named thing, under the name that the sample's has."""
    if not _is_named(operation):
        return ours
    if "meta" in theirs:
        return {"meta": dict.fromkeys(theirs["meta"], *ours["meta"].values())}
    return dict.fromkeys(theirs, *ours.values())


def _is_named(operation: Operation) -> bool:
    return bool(operation.collections) and operation.collections[-1] in _NAMED and operation.route.path.endswith("}")


def fitted(stage: Stage, operation: Operation, said: Any) -> Any:
    """A sample's or a recorded body about things that are here; what it creates has a new name."""
    stage.new_ones.clear()
    body = _fitted(stage, "", said, {**KINDS, **_OF.get(operation.name, {})})
    if operation.name == "POST /v3/auth/tokens":
        return _who(stage, body)
    if operation.route.method == "POST" and isinstance(body, dict):
        for item in body.values():
            _renamed(stage, item)
    return body


def _fitted(stage: Stage, key: str, value: Any, kinds: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        kinds = {**kinds, **_MEANT.get(key, {}), **_about(value)}
        return {name: _fitted(stage, name, one, kinds) for name, one in value.items()}
    if isinstance(value, list):
        return [_fitted(stage, key, one, kinds) for one in value]
    if not isinstance(value, str):
        return value
    kind = kinds.get(key)
    return stage.names.get(key, value) if kind is None else stage.new(kind, value) or stage.ids.get(kind, value)


def _about(item: dict[str, Any]) -> Mapping[str, str]:
    if "binary" in item:
        return {"host": item["binary"]}
    return _MEANT.get(str(item.get("source_type")), {})


def _renamed(stage: Stage, item: Any) -> None:
    for key in ("name", "id"):
        if isinstance(item, dict) and isinstance(item.get(key), str) and not _UUID.fullmatch(item[key]):
            item[key] += f"-{stage.number(key)}"


def _who(stage: Stage, body: Any) -> Any:
    """A login of the administrator, or with the application credential of the stage."""
    admin, identity = stage.scene.cloud.admin, body["auth"]["identity"]
    for method in ("password", "application_credential"):
        for user in [identity.get(method, {}).get("user")]:
            if user is not None:
                owner = admin if method == "password" else stage.scene.a.member
                user |= {"id": owner.user_id} if "id" in user else {}
                user |= {"password": PASSWORD} if "password" in user else {}
    if "token" in identity:
        identity["token"]["id"] = admin.token
    if "application_credential" in identity:
        said = identity["application_credential"]
        said |= {name: stage.credential[name] for name in ("id", "name", "secret") if name in said}
    project = (body["auth"].get("scope") or {}) if isinstance(body["auth"].get("scope"), dict) else {}
    if "id" in project.get("project", {}):
        project["project"]["id"] = admin.project_id
    return body
