"""A volume, its states and what follows from its attachments."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from gureum.kernel.clock import Micros

_ON_THE_WAY = (
    ("detaching", "detaching"),
    ("unexporting", "detaching"),
    ("attaching", "attaching"),
    ("reserved", "reserved"),
)
_THERE = (("attached", "in-use"),)
"""Attachments' states, and the volume's that follow from them."""
RESTING = frozenset({"available", "reserved", "attaching", "in-use", "detaching"})
"""States that the attachments alone decide."""
OFFERED = "awaiting-transfer"
"""The state of a volume that is being transferred: nothing else is done with it."""
DELETABLE = ("available", "error", "error_restoring", "error_extending", "error_managing", "error_deleting")
EXTENDABLE = ("available",)


@dataclass(frozen=True, slots=True)
class Volume:
    """A disk of `size` GiB. `agent` and `pool` say where its bytes are; None until it is placed. It was made
    of an image, a snapshot or another volume (`source_id`), or blank."""

    id: str
    project_id: str
    user_id: str
    size: int
    status: str
    type_id: str
    availability_zone: str
    created_at: Micros
    name: str | None = None
    description: str | None = None
    updated_at: Micros | None = None
    agent: str | None = None
    backend: str | None = None
    pool: str | None = None
    image_id: str | None = None
    snapshot_id: str | None = None
    source_id: str | None = None
    extending_to: int | None = None
    bootable: bool = False
    readonly: bool | None = None
    multiattach: bool = False
    fault: str | None = None
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    image_metadata: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def host(self) -> str | None:
        """Upstream's name of the place: host@backend#pool."""
        return None if self.agent is None else f"{self.agent}@{self.backend}#{self.pool}"

    @property
    def target(self) -> dict[str, Any]:
        """What policy rules look at."""
        return {"project_id": self.project_id, "user_id": self.user_id, "tenant_id": self.project_id}


def status_of(attachments: Iterable[str], *, shared: bool) -> str:
    """The state of a healthy volume whose attachments are in the given states.

    Where several servers share it, what goes on with one of them comes first, as upstream has it: who asked for that waits for
    its end. Any other has a second attachment only while its server moves between hosts, and is in use all the time.
    """
    present = set(attachments)
    for attachment, volume in (*_ON_THE_WAY, *_THERE) if shared else (*_THERE, *_ON_THE_WAY):
        if attachment in present:
            return volume
    return "available"
