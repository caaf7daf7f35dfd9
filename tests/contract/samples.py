"""Bodies out of upstream's API references."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from gureum.kernel.http.history import Version
from tests.contract.operations import PREFIXES, Operation, erased
from tests.shared import api

_FOLDERS = {
    "identity": ("identity/", "identity-ext/"),
    "image": ("image/",),
    "compute": ("compute/",),
    "network": ("network/",),
    "block-storage": ("block_storage/",),
    "placement": ("placement/",),
}

_UNNAMED: dict[str, Version] = {
    "placement/allocations/get-allocations.json": (1, 12),
    "placement/resource_providers/create-resource_provider.json": (1, 20),
    "placement/resource_providers/create-resource_providers-request.json": (1, 20),
    "placement/resource_providers/update-resource_provider.json": (1, 37),
    "placement/resource_providers/update-resource_provider-request.json": (1, 37),
    "placement/resource_provider_traits/update-resource_provider-traits.json": (1, 6),
    "placement/resource_provider_traits/update-resource_provider-traits-request.json": (1, 6),
}
"""Placement's of a version that no name says."""


@dataclass(frozen=True)
class Sample:
    """A sample body: of which operation, at which microversion ((0, 0): any), request or response, and the status with it."""

    service: str
    file: str
    kind: str
    name: str
    version: Version
    status: int

    @property
    def body(self) -> Any:
        """The body; None where upstream's file is no JSON."""
        try:
            return json.loads(api("samples", self.file).read_text())
        except ValueError:
            return None


@cache
def samples(service: str) -> tuple[Sample, ...]:
    """Every sample of a service that the manifest ascribes to an operation."""
    found: list[Sample] = []
    for line in api("samples", "manifest.tsv").read_text().splitlines()[1:]:
        file, kind, method, path, action, version, status, *_ = [*line.split("\t"), "", "", "", ""]
        if not file.startswith(_FOLDERS[service]) or not path.startswith("/"):
            continue
        if kind == "request" and path.endswith("/action") and not action:
            action = next(iter(json.loads(api("samples", file).read_text())))
        prefix = PREFIXES[service]
        whole = path if path.startswith("/v") and not path.startswith("/volumes") else prefix + path
        name = f"{method} {erased(_without_version(whole, service))}" + (f" {action}" if action else "")
        number = _number(version) if version or service != "placement" else _in_name(file)
        found.append(Sample(service, file, kind, name, number, int(status) if status.isdigit() else 0))
    return tuple(dict.fromkeys(found))


def _without_version(path: str, service: str) -> str:
    return path.replace("/v2.1/{tenant_id}", "/v2.1", 1) if service == "compute" else path


def _in_name(file: str) -> Version:
    """Placement's manifest names no versions; some of its files do, as the least that they are of."""
    found = re.search(r"-([0-9]+\.[0-9]+)\.json$", file)
    return _number(found[1]) if found else _UNNAMED.get(file, (0, 0))


def _number(text: str) -> Version:
    major, dot, minor = text.partition(".")
    return (int(major), int(minor)) if dot and major.isdigit() and minor.isdigit() else (0, 0)


def of(operation: Operation, kind: str) -> Iterator[Sample]:
    """The samples of an operation, at microversions that are served and have it."""
    versions = operation.api.versions
    for sample in samples(operation.service):
        if sample.name != operation.name or sample.kind != kind:
            continue
        version = sample.version
        if (
            versions
            and version != (0, 0)
            and not (versions.least <= version <= versions.most and operation.has(version))
        ):
            continue
        yield sample
