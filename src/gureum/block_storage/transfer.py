"""An offer of a volume to whoever shows its key."""

from dataclasses import dataclass, field

from gureum.kernel.clock import Micros


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer that nobody has accepted yet. Of its key only a salted hash is kept. `project_id` is who offers."""

    id: str
    volume_id: str
    project_id: str
    name: str | None
    no_snapshots: bool
    salt: str = field(repr=False)
    key_hash: str = field(repr=False)
    created_at: Micros
