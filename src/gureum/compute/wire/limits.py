"""Quotas, quota classes and limits over the wire. Which resources there are depends on the microversion."""

from collections.abc import Mapping
from typing import Any

from gureum.compute.service.limits import Figure
from gureum.compute.wire import values
from gureum.kernel.http.history import Version
from gureum.kernel.http.schema import Query, Shapes
from gureum.kernel.numbers import whole

_INJECTED = ("injected_file_content_bytes", "injected_file_path_bytes", "injected_files")
_NETWORK = ("fixed_ips", "floating_ips", "security_group_rules", "security_groups")
_GROUPS = ("server_group_members", "server_groups")
_ALWAYS = ("cores", "instances", "key_pairs", "metadata_items", "ram")


def resources(version: Version) -> list[str]:
    """The quotas of a project that a version knows."""
    names = [*_ALWAYS, *_GROUPS]
    names += _NETWORK if version < (2, 36) else ()
    names += _INJECTED if version < (2, 57) else ()
    return sorted(names)


def class_resources(version: Version, *, changed: bool = False) -> list[str]:
    """The quotas of a class that a version shows; before 2.50 the groups' could be `changed` but were not shown."""
    names = [*_ALWAYS]
    names += _GROUPS if version >= (2, 50) or changed else ()
    names += _NETWORK if version < (2, 50) else ()
    names += _INJECTED if version < (2, 57) else ()
    return sorted(names)


def _update(version: Version) -> values.Schema:
    known: dict[str, values.Schema] = dict.fromkeys(resources(version), values.number(-1))
    return values.wrapped("quota_set", known | {"force": values.BOOLEAN})


def _class_update(version: Version) -> values.Schema:
    known = class_resources(version, changed=True)
    return values.wrapped("quota_class_set", dict.fromkeys(known, values.number(-1)))


UPDATE = Shapes(_update)
CLASS_UPDATE = Shapes(_class_update)
USER_QUERY = Query(lambda version: values.parameters(version, user_id=values.many(values.TEXT)))
LIMITS_QUERY = Query(lambda version: values.parameters(version, tenant_id=values.many(values.TEXT)))


def asked(body: Mapping[str, Any]) -> dict[str, int]:
    """The limits in a request."""
    return {name: whole(amount) for name, amount in body.items() if name != "force"}


def show(limits: Mapping[str, int], version: Version, id: str | None = None) -> dict[str, Any]:
    """A project's limits."""
    head = {} if id is None else {"id": id}
    return {"quota_set": head | {name: limits[name] for name in resources(version)}}


def show_class(limits: Mapping[str, int], version: Version, id: str | None = None) -> dict[str, Any]:
    """A class's limits."""
    head = {} if id is None else {"id": id}
    return {"quota_class_set": head | {name: limits[name] for name in class_resources(version)}}


def show_detail(figures: Mapping[str, Figure], version: Version, id: str) -> dict[str, Any]:
    """A project's limits and what is used of them. Nothing is ever reserved."""
    shown = {
        name: {"limit": figures[name].limit, "in_use": figures[name].in_use, "reserved": 0}
        for name in resources(version)
    }
    return {"quota_set": {"id": id} | shown}


_NEVER: Version = (2, 10_000)
_MOST: tuple[tuple[str, str, Version], ...] = (
    ("maxTotalCores", "cores", _NEVER),
    ("maxPersonality", "injected_files", (2, 57)),
    ("maxPersonalitySize", "injected_file_content_bytes", (2, 57)),
    ("maxTotalInstances", "instances", _NEVER),
    ("maxTotalKeypairs", "key_pairs", _NEVER),
    ("maxServerMeta", "metadata_items", _NEVER),
    ("maxImageMeta", "metadata_items", (2, 39)),
    ("maxTotalRAMSize", "ram", _NEVER),
    ("maxServerGroups", "server_groups", _NEVER),
    ("maxServerGroupMembers", "server_group_members", _NEVER),
    ("maxTotalFloatingIps", "floating_ips", (2, 36)),
    ("maxSecurityGroups", "security_groups", (2, 36)),
    ("maxSecurityGroupRules", "security_group_rules", (2, 36)),
)
_USED: tuple[tuple[str, str, Version], ...] = (
    ("totalRAMUsed", "ram", _NEVER),
    ("totalCoresUsed", "cores", _NEVER),
    ("totalInstancesUsed", "instances", _NEVER),
    ("totalFloatingIpsUsed", "floating_ips", (2, 36)),
    ("totalSecurityGroupsUsed", "security_groups", (2, 36)),
    ("totalServerGroupsUsed", "server_groups", _NEVER),
)
"""Key, quota, and the version that took it away."""


def show_limits(figures: Mapping[str, Figure], version: Version) -> dict[str, Any]:
    """The limits as clients ask for their own."""
    shown = {key: figures[name].limit for key, name, gone in _MOST if version < gone}
    shown |= {key: figures[name].in_use for key, name, gone in _USED if version < gone}
    return {"limits": {"rate": [], "absolute": shown}}
