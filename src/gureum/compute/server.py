"""A server: its states, what may be done in which, and what follows from its row."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from gureum.contracts.hypervisor import Power
from gureum.kernel.caller import Caller
from gureum.kernel.clock import Micros
from gureum.kernel.faults import Conflict

NOSTATE, RUNNING, PAUSED, SHUTDOWN, CRASHED, SUSPENDED = 0, 1, 3, 4, 6, 7

REBUILDING = ("rebuilding", "rebuild_block_device_mapping", "rebuild_spawning")
_REBUILD: dict[str | None, str] = dict.fromkeys(REBUILDING, "REBUILD")
_STATUS: dict[str, dict[str | None, str]] = {
    "active": {
        None: "ACTIVE",
        "rebooting": "REBOOT",
        "rebooting_hard": "HARD_REBOOT",
        **_REBUILD,
    },
    "building": {None: "BUILD"},
    "stopped": {None: "SHUTOFF", **_REBUILD},
    "paused": {None: "PAUSED"},
    "suspended": {None: "SUSPENDED"},
    "error": {None: "ERROR", **_REBUILD},
    "deleted": {None: "DELETED"},
}
STATES_OF_STATUS: dict[str, str] = {
    "active": "active",
    "build": "building",
    "shutoff": "stopped",
    "paused": "paused",
    "suspended": "suspended",
    "error": "error",
    "deleted": "deleted",
}
"""vm_state to look for when a list asks for a status; task_state refines it."""
KNOWN_STATUSES = frozenset(
    {
        "active",
        "build",
        "deleted",
        "error",
        "hard_reboot",
        "migrating",
        "password",
        "paused",
        "reboot",
        "rebuild",
        "rescue",
        "resize",
        "revert_resize",
        "shelved",
        "shelved_offloaded",
        "shutoff",
        "soft_deleted",
        "suspended",
        "unknown",
        "verify_resize",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server as its row has it. `flavor`, `key` and `image_source` are remembered as they were when it was made.

    `power` and `boots` are what its host shall make so; `power_state` is what it was last seen to be. `requested_zone` is the
    availability zone that its owner asked for.
    """

    id: str
    number: int
    name: str
    project_id: str
    user_id: str
    vm_state: str = "building"
    task_state: str | None = "scheduling"
    power_state: int = NOSTATE
    power: Power = "running"
    boots: int = 1
    incarnation: int = 0
    """Of the root disk: how often the server was rebuilt."""
    host: str | None = None
    requested_zone: str | None = None
    requested_host: str | None = None
    image_id: str = ""
    image_properties: dict[str, str] = field(default_factory=dict[str, str])
    image_source: dict[str, Any] = field(default_factory=dict[str, Any])
    flavor: dict[str, Any] = field(default_factory=dict[str, Any])
    vcpus: int = 0
    ram: int = 0
    key_name: str | None = None
    key: str | None = None
    hostname: str = ""
    description: str | None = None
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    hints: dict[str, Any] = field(default_factory=dict[str, Any])
    user_data: str | None = None
    admin_password: str | None = None
    personality: dict[str, str] = field(default_factory=dict[str, str])
    config_drive: bool | None = None
    disk_config: str = "MANUAL"
    access_ip_v4: str | None = None
    access_ip_v6: str | None = None
    security_groups: list[str] = field(default_factory=list[str])
    reservation_id: str = ""
    launch_index: int = 0
    fault: dict[str, Any] | None = None
    locked_by: str | None = None
    """Who locked it: its `owner` or an `admin`; None while it is not locked."""
    locked_reason: str | None = None
    group_id: str | None = None
    """The server group that it is in."""
    created_at: Micros = 0
    updated_at: Micros | None = None
    launched_at: Micros | None = None
    terminated_at: Micros | None = None
    host_zone: str | None = None
    """Of the host's row, where the server has one: so is what follows."""
    host_up: bool | None = None
    host_enabled: bool | None = None

    @property
    def status(self) -> str:
        """Upstream's word for vm_state and task_state together."""
        words = _STATUS.get(self.vm_state, {None: "UNKNOWN"})
        return words.get(self.task_state, words[None])

    @property
    def domain_name(self) -> str:
        """The hypervisor's name for the guest: instance-0000000d."""
        return f"instance-{self.number:08x}"

    @property
    def host_id(self) -> str:
        """What a project may know of the host: the same for its servers on one host, different for everybody else."""
        if self.host is None:
            return ""
        return hashlib.sha224((self.project_id + self.host).encode()).hexdigest()

    @property
    def host_status(self) -> str:
        """UP, DOWN, MAINTENANCE for a disabled host, or nothing without a host."""
        if self.host is None or self.host_up is None:
            return ""
        if not self.host_up:
            return "DOWN"
        return "UP" if self.host_enabled else "MAINTENANCE"

    @property
    def zone(self) -> str:
        """The availability zone: the host's, or the one that was asked for as long as there is none."""
        return self.host_zone or self.requested_zone or ""

    @property
    def target(self) -> dict[str, str]:
        """What policy rules look at."""
        return {"project_id": self.project_id, "user_id": self.user_id, "tenant_id": self.project_id}

    def must_be(self, verb: str, *vm_states: str, task_states: tuple[str | None, ...] = (None,)) -> None:
        """Raise Conflict unless the server is in one of the states, and no other task is under way."""
        if self.vm_state not in vm_states:
            raise Conflict(f"Cannot '{verb}' instance {self.id} while it is in vm_state {self.vm_state}")
        if self.task_state not in task_states:
            raise Conflict(f"Cannot '{verb}' instance {self.id} while it is in task_state {self.task_state}")

    def must_be_unlocked(self, caller: Caller) -> None:
        """Raise Conflict for a locked server, except to administrators."""
        if self.locked_by is not None and not caller.is_admin:
            raise Conflict(f"Instance {self.id} is locked")

    def must_be_ready(self) -> None:
        """Raise Conflict unless the server has a host."""
        if self.host is None:
            raise Conflict(f"Instance {self.id} is not ready")
