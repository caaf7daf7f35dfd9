"""Exchanges recorded with the real services."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from gureum.kernel.http.history import Version
from tests.contract.openapi import Mismatch, mismatches
from tests.contract.operations import erased
from tests.shared import api

FILES = {
    "identity": "identity",
    "image": "image",
    "compute": "compute",
    "network": "network",
    "block-storage": "block_storage",
    "placement": "placement",
}
"""Service → its recording."""
_LEAST: dict[str, Version] = {"compute": (2, 1), "block-storage": (3, 0), "placement": (1, 0)}
_VERSION = re.compile(r"(\d+)\.(\d+)$")


@dataclass(frozen=True)
class Exchange:
    """One request and what the real service answered."""

    service: str
    row: dict[str, Any]

    @property
    def case(self) -> str:
        """What a scripted request was meant to show; empty for those of clients."""
        return self.row.get("case", "")

    @property
    def status(self) -> int:
        """0 where the server hung up."""
        return self.row["status"]

    @property
    def name(self) -> str:
        """The name of the operation, as in `operations`."""
        action = f" {self.row['action']}" if self.row.get("action") else ""
        return f"{self.row['method']} {erased(self.row['template'])}{action}"

    @property
    def version(self) -> Version:
        """The microversion that the answer names."""
        if self.service not in _LEAST:
            return (0, 0)
        named = dict((name.lower(), value) for name, value in self.row["headers"]).get("openstack-api-version", "")
        found = _VERSION.search(named)
        return (int(found[1]), int(found[2])) if found else _LEAST[self.service]

    @property
    def body(self) -> Any:
        """The answer's body: JSON parsed, else text; None where there is none or it was not kept."""
        body = self.row.get("body")
        return None if isinstance(body, dict) and "_sha256" in body else body

    def mismatches(self) -> list[Mismatch]:
        """What upstream's description says against a request that went well and its answer."""
        if not 200 <= self.status < 300:
            return []
        found: list[Mismatch] = []
        if isinstance(self.body, dict | list):
            found += mismatches(self.service, self.name, self.version, status=self.status, answer=self.body)
        if isinstance(self.row.get("req_body"), dict | list):
            found += mismatches(self.service, self.name, self.version, asked=self.row["req_body"])
        return found


@cache
def _rows(service: str) -> tuple[Exchange, ...]:
    path = api("recorded", f"{FILES[service]}.jsonl.gz")
    with gzip.open(path, "rt") as lines:
        return tuple(Exchange(service, json.loads(line)) for line in lines)


def exchanges(service: str) -> Iterator[Exchange]:
    """Everything recorded with a service."""
    yield from _rows(service)
