"""An attachment: somebody's hold on a volume, from the reservation until the export is gone."""

from dataclasses import dataclass
from typing import Any

import msgspec

from gureum.contracts.hypervisor import VolumeSource
from gureum.kernel.clock import Micros


@dataclass(frozen=True, slots=True)
class Attachment:
    """`status` is reserved, attaching, attached, detaching, or unexporting once the pool was asked to take the export away;
    clients see neither. `by_compute` holds of those that belong to a server's life;
    `export_host` is the host that the pool was asked to export to, `source` what that host opens."""

    id: str
    volume_id: str
    project_id: str
    server_id: str | None
    status: str
    created_at: Micros
    by_compute: bool = False
    mode: str | None = None
    device: str | None = None
    export_host: str | None = None
    host_name: str | None = None
    connector: dict[str, Any] | None = None
    source: dict[str, Any] | None = None
    fault: str | None = None
    attached_at: Micros | None = None

    @property
    def shown_status(self) -> str:
        """The status as clients know it: they have no word for going, only the volume has."""
        if self.status not in ("detaching", "unexporting"):
            return self.status
        return "attaching" if self.attached_at is None else "attached"

    @property
    def target(self) -> dict[str, Any]:
        """What policy rules look at."""
        return {"project_id": self.project_id, "tenant_id": self.project_id}

    def opened(self) -> VolumeSource | None:
        """What the host opens; None before the export stands."""
        return None if self.source is None else msgspec.convert(self.source, VolumeSource)
