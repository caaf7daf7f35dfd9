"""What a server wants of a host."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gureum.compute.server import Server
from gureum.compute.server_group import ServerGroup
from gureum.placement.inventory import DISK_GB, MEMORY_MB, VCPU

_SCOPE = "aggregate_instance_extra_specs:"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Resources by class (cores, MiB, GiB), and what the filters look at. None: no matter which."""

    resources: dict[str, int]
    zone: str | None = None
    host: str | None = None
    image_properties: dict[str, str] | None = None
    extra_specs: dict[str, str] | None = None
    refused_by: Mapping[str, str] = field(default_factory=dict[str, str])
    """Hosts that would not make it, with what they said."""
    aggregates: Mapping[str, Mapping[str, Sequence[str]]] = field(
        default_factory=dict[str, Mapping[str, Sequence[str]]]
    )
    """By host: what its aggregates' metadata say, each key with the value of every aggregate that has it."""
    group: ServerGroup | None = None
    mates: Mapping[str, int] = field(default_factory=dict[str, int])
    """How many other servers of the group each host has."""
    beside: Collection[str] | None = None
    """The hosts of the servers that it shall share one with; None where it was not asked."""
    away_from: Collection[str] = ()
    """The hosts of the servers that it shall not share one with."""

    @property
    def of_aggregates(self) -> dict[str, str]:
        """What the flavor's extra specs want of a host's aggregates, by key of their metadata."""
        specs = self.extra_specs or {}
        return {key.removeprefix(_SCOPE): spec for key, spec in specs.items() if key.startswith(_SCOPE)}

    def plain(self) -> dict[str, Any]:
        """For the record of the decision."""
        return {"resources": self.resources, "zone": self.zone, "host": self.host}


def of_server(server: Server, refused_by: Mapping[str, str] | None = None) -> Wanted:
    """What a server wants; `refused_by` are hosts that were asked for it already."""
    flavor = server.flavor
    root = flavor["disk"] if server.image_source else 0
    disk = root + flavor["ephemeral"] + -(-flavor["swap"] // 1024)
    return Wanted(
        {VCPU: flavor["vcpus"], MEMORY_MB: flavor["ram"], DISK_GB: disk},
        server.requested_zone,
        server.requested_host,
        server.image_properties,
        flavor["extra_specs"],
        refused_by or {},
    )
