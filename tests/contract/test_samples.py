"""Upstream's sample answers: keys and types of ours at the sample's microversion."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cloud import Response
from tests.contract import golden, samples
from tests.contract.operations import Operation, operations
from tests.contract.replay import KINDS
from tests.contract.samples import Sample
from tests.contract.scene import Scene
from tests.contract.watch import ContractBroken

_FREE = {
    "addresses",
    "capabilities",
    "connection_info",
    "extra_specs",
    "image_meta",
    "mappings",
    "metadata",
    "options",
    "properties",
    "resources",
    "usage",
    "usages",
    "volume_image_metadata",
}
"""Objects whose keys are names that somebody chose."""
_BY_ID = {"allocations", "inventories", "provider_summaries"}
"""Objects of things by their ids."""


@pytest.mark.parametrize("service", ["identity", "image", "compute", "network", "block-storage", "placement"])
def test_answers_look_like_the_samples(scene: Scene, service: str) -> None:
    differences: list[str] = []
    uncovered: list[str] = []
    compared = 0
    for operation, sample in _wanted(service):
        try:
            answers = [one for one in _asked(scene, operation, sample) if 200 <= one.status < 300 and one.body]
        except ContractBroken as broken:
            differences += [f"{sample.file} ({operation.name}): {why}" for why in broken.reasons]
            continue
        if not answers:
            uncovered.append(f"{sample.file} ({operation.name})")
            continue
        compared += 1
        found = min((sorted(set(_differences(sample.body, one.json, ""))) for one in answers), key=len)
        differences += [f"{sample.file} ({operation.name}): {said}" for said in found]
    assert compared > 5
    golden.compare(f"samples_{service}", differences)
    golden.compare(f"uncovered_{service}", uncovered)


def _wanted(service: str) -> list[tuple[Operation, Sample]]:
    """Response samples of served operations, reads first, each once."""
    found: dict[tuple[str, str], tuple[Operation, Sample]] = {}
    for operation in operations():
        if operation.service == service and operation.route.method != "DELETE":
            for sample in samples.of(operation, "response"):
                if isinstance(sample.body, dict | list):
                    found.setdefault((operation.name, sample.file), (operation, sample))
    order = ("GET", "HEAD", "POST", "PUT", "PATCH")
    return sorted(found.values(), key=lambda one: (order.index(one[0].route.method), one[0].name, one[1].file))


def _asked(scene: Scene, operation: Operation, sample: Sample) -> Iterator[Response]:
    """The answer to a member, and to the administrator where that may differ."""
    versions = operation.api.versions
    version = sample.version if sample.version != (0, 0) or versions is None else max(versions.least, _since(operation))
    text = f"{version[0]}.{version[1]}" if versions else None
    method, body = operation.route.method, None
    if method != "GET":
        requests = [one for one in samples.of(operation, "request") if one.version == sample.version]
        if not requests or requests[0].body is None:
            return
        body = _mapped("", requests[0].body, scene)
        scene.rest()
    path, admin = scene.address(operation), scene.cloud.admin
    answer = scene.a.member.call(method, path, body, version=text)
    yield answer
    if answer.status >= 400 or method == "GET":
        path = (
            path.replace(f"/v3/{scene.a.id}/", f"/v3/{admin.project_id}/")
            if operation.service == "block-storage"
            else path
        )
        yield admin.call(method, path, body, version=text)
    if operation.service == "placement" and method == "GET" and sample.version == (0, 0):
        yield admin.get(path, version=operation.version())


def _since(operation: Operation) -> tuple[int, int]:
    return operation.route.since or (0, 0)


def _mapped(key: str, value: Any, scene: Scene) -> Any:
    if isinstance(value, dict):
        return {name: _mapped(name, one, scene) for name, one in value.items()}
    if isinstance(value, list):
        return [_mapped(key, one, scene) for one in value]
    if key in ("project_id", "tenant_id") and isinstance(value, str):
        return scene.a.id
    if key == "resource_provider_generation":
        return scene.generation()
    if key == "uuid":
        return scene.ids.get("networks", value)
    return scene.ids.get(KINDS.get(key, ""), value) if isinstance(value, str) else value


def _differences(theirs: Any, ours: Any, at: str) -> Iterator[str]:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        if at.rpartition("/")[2] in _FREE:
            return
        if at.rpartition("/")[2] in _BY_ID:
            yield from _differences(list(theirs.values()), list(ours.values()), at)
            return
        for key in theirs.keys() - ours.keys():
            yield f"lacks {at}/{key}"
        for key in ours.keys() - theirs.keys():
            yield f"adds {at}/{key}"
        for key in theirs.keys() & ours.keys():
            yield from _differences(theirs[key], ours[key], f"{at}/{key}")
    elif isinstance(theirs, list) and isinstance(ours, list):
        found = [sorted(set(_differences(theirs[0], one, f"{at}/[]"))) for one in ours[:20]] if theirs else []
        yield from min(found, key=lambda one: (len(one), one), default=[])
    elif theirs is not None and ours is not None and _kind(theirs) != _kind(ours):
        yield f"{at} is {_kind(ours)} instead of {_kind(theirs)}"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return {int: "number", float: "number", str: "string", list: "list", dict: "object"}[type(value)]
