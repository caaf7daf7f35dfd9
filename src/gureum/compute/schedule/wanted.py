"""What a server wants of a host."""

from dataclasses import dataclass
from typing import Any

from gureum.compute.server import Server
from gureum.placement.inventory import DISK_GB, MEMORY_MB, VCPU


@dataclass(frozen=True, slots=True)
class Wanted:
    """Resources by class (cores, MiB, GiB), and what the filters look at. None: no matter which."""

    resources: dict[str, int]
    zone: str | None = None
    host: str | None = None
    image_properties: dict[str, str] | None = None
    extra_specs: dict[str, str] | None = None

    def plain(self) -> dict[str, Any]:
        """For the record of the decision."""
        return {"resources": self.resources, "zone": self.zone, "host": self.host}


def of_server(server: Server) -> Wanted:
    """What a server wants."""
    flavor = server.flavor
    disk = flavor["disk"] + flavor["ephemeral"] + -(-flavor["swap"] // 1024)
    return Wanted(
        {VCPU: flavor["vcpus"], MEMORY_MB: flavor["ram"], DISK_GB: disk},
        server.requested_zone,
        server.requested_host,
        server.image_properties,
        flavor["extra_specs"],
    )
