"""The operations that are served, generated from the route table, under names that the contract's files can be asked for.

An operation's name is `METHOD /path/{}` with parameter names erased, without block storage's project, and with the key of an
action behind it: `POST /v2.1/servers/{}/action os-stop`.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from gureum.app import APIS
from gureum.kernel.http.api import Api
from gureum.kernel.http.history import Version
from gureum.kernel.http.negotiate import show
from gureum.kernel.http.route import ANYONE, Route

POLICIES = {
    "identity": "keystone",
    "image": "glance",
    "compute": "nova",
    "network": "neutron",
    "block-storage": "cinder",
    "placement": "placement",
}
"""Service → its file in policies/."""
PREFIXES = {
    "identity": "/v3",
    "image": "/v2",
    "compute": "/v2.1",
    "network": "/v2.0",
    "block-storage": "/v3",
    "placement": "",
}
"""Service → what its paths begin with."""

_PARAMETER = re.compile(r"\{([^}]*)\}")


def erased(path: str) -> str:
    """A path with its parameters unnamed, without block storage's project and without a slash at the end."""
    path = re.sub(r"^/v3/\{(admin_)?project_id\}(?=/|$)", "/v3", path)
    return _PARAMETER.sub("{}", path).rstrip("/") or "/"


@dataclass(frozen=True)
class Operation:
    """A route of an API."""

    api: Api
    route: Route

    @property
    def service(self) -> str:
        """identity, compute, …"""
        return self.api.service

    @property
    def name(self) -> str:
        """What the contract's files know it by."""
        action = f" {self.route.action}" if self.route.action else ""
        return f"{self.route.method} {erased(self.route.path)}{action}"

    def __str__(self) -> str:
        since = f" from {show(self.route.since)}" if self.route.since else ""
        return f"{self.service} {self.name}{since}"

    @property
    def open(self) -> bool:
        """Whether it needs no token."""
        return self.route.rule == ANYONE

    @property
    def parameters(self) -> list[str]:
        """The names of the path's parameters, without block storage's project."""
        names = [name.rstrip("*") for name in _PARAMETER.findall(self.route.path)]
        return names[1:] if self.service == "block-storage" and names[:1] == ["project_id"] else names

    @property
    def collections(self) -> list[str]:
        """For each parameter the word in front of it: servers, os-volume_attachments, …"""
        words = self.route.path.strip("/").split("/")
        found = [before for before, word in itertools.pairwise(words) if word.startswith("{")]
        return found[len(found) - len(self.parameters) :]

    def version(self) -> str | None:
        """The newest microversion that has it."""
        versions = self.api.versions
        if versions is None:
            return None
        return show(min(versions.most, self.route.until or versions.most))

    def has(self, version: Version) -> bool:
        """Whether a microversion has it."""
        return (self.route.since or (0, 0)) <= version and (self.route.until is None or version <= self.route.until)

    def path(self, values: Mapping[str, str], project: str = "", otherwise: str = "") -> str:
        """Its path on the first port with parameters filled in: by collection word, else `otherwise`."""
        prefix = "" if self.service == "identity" else f"/{self.api.path}"
        filled = iter([values.get(word, otherwise) for word in self.collections])
        path = self.route.path
        if self.service == "block-storage":
            path = path.replace("/v3/{project_id}", f"/v3/{project}", 1)
        return prefix + _PARAMETER.sub(lambda _: next(filled), path)


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation of every OpenStack API that is served."""
    return tuple(Operation(api, route) for api in APIS if api.service in POLICIES for route in api.routes)


def named(service: str, name: str) -> Operation | None:
    """The served operation of that name, the newest where several versions have their own."""
    return _by_name().get((service, name))


@cache
def _by_name() -> dict[tuple[str, str], Operation]:
    return {(one.service, one.name): one for one in operations()}


def services() -> Iterator[str]:
    """The services that are served."""
    yield from dict.fromkeys(one.service for one in operations())
