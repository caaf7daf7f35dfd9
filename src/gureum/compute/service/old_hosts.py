"""Hosts by name, as clients before 2.43 ask for them."""

from dataclasses import dataclass

from gureum.compute.compute_service import COMPUTE, ComputeService
from gureum.compute.service import compute_services
from gureum.compute.service.compute_services import Switches
from gureum.compute.store import hosts as store
from gureum.compute.store import servers
from gureum.kernel.caller import Caller
from gureum.kernel.faults import NotFound
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx

_RULES = "os_compute_api:os-hosts"


@dataclass(frozen=True, slots=True)
class Resources:
    """Cores, MiB, GiB."""

    vcpus: int = 0
    memory_mib: int = 0
    disk_gib: int = 0

    def __add__(self, other: "Resources") -> "Resources":
        return Resources(self.vcpus + other.vcpus, self.memory_mib + other.memory_mib, self.disk_gib + other.disk_gib)


def search(tx: Tx, caller: Caller, *, zone: str | None, service: str | None) -> list[ComputeService]:
    """The services of a zone, and of a kind (without `nova-`)."""
    policy.demand("compute", f"{_RULES}:list", caller, {})
    found = compute_services.everyone(tx)
    return [one for one in found if zone in (None, one.zone) and service in (None, one.binary.removeprefix("nova-"))]


def must_exist(tx: Tx, name: str) -> None:
    """Raise NotFound for what is no host."""
    if store.find(tx, name) is None:
        raise NotFound(f"Host '{name}' is not mapped to any cell")


def resources(tx: Tx, caller: Caller, name: str) -> list[tuple[str, Resources]]:
    """What a host has, what is used of it, and by which projects. Raises NotFound."""
    policy.demand("compute", f"{_RULES}:show", caller, {})
    must_exist(tx, name)
    host = store.find(tx, name)
    assert host is not None
    by_project: dict[str, Resources] = {}
    for server in servers.on_host(tx, name):
        disk = server.flavor.get("disk", 0) + server.flavor.get("ephemeral", 0)
        taken = Resources(server.flavor["vcpus"], server.flavor["ram"], disk)
        by_project[server.project_id] = by_project.get(server.project_id, Resources()) + taken
    used = sum(by_project.values(), Resources())
    total = Resources(host.vcpus, host.memory_mib, host.disk_gib)
    return [("(total)", total), ("(used_now)", used), ("(used_max)", used), *sorted(by_project.items())]


def switch(tx: Tx, caller: Caller, name: str, *, enabled: bool) -> str:
    """Let new servers onto a host, or not; says which. Raises NotFound, Forbidden."""
    policy.demand("compute", f"{_RULES}:update", caller, {})
    must_exist(tx, name)
    compute_services.switch_on_host(tx, caller, COMPUTE, name, Switches(enabled=enabled))
    return "enabled" if enabled else "disabled"
