"""Hosts come and go with their agents' links."""

from collections.abc import Callable

from gureum.compute import host_traits
from gureum.compute.flows.delete_server import bury
from gureum.compute.host import DEFAULT_ZONE, Host
from gureum.compute.settings import settings
from gureum.compute.store import hosts as store
from gureum.compute.store import servers
from gureum.kernel import clock
from gureum.kernel.flow.bell import ring
from gureum.kernel.ids import new_uuid
from gureum.kernel.link.news import AgentDown, AgentUp
from gureum.kernel.store.tx import Tx
from gureum.placement import inventory as lent
from gureum.placement.service import providers


def agent_up(tx: Tx, event: AgentUp) -> None:
    """A host's agent connected: its host is up, with what it says it has."""
    found = event.inventory
    if found is None or "host" not in event.roles:
        return
    store.hold(tx, event.name)
    now = clock.now()
    values = {
        "vcpus": found.vcpus,
        "memory_mib": found.memory_mib,
        "disk_gib": found.disk_gib,
        "hypervisor": found.hypervisor,
        "hypervisor_version": found.hypervisor_version,
        "cpu_arch": found.cpu_arch,
        "cpu_model": found.cpu_model,
        "features": list(found.features),
        "address": found.address,
        "up": True,
        "changed_at": now,
    }
    host = store.find(tx, event.name)
    if host is None:
        fresh = {"uuid": new_uuid(), "service_uuid": new_uuid(), "zone": DEFAULT_ZONE, "created_at": now}
        store.add(tx, event.name, **values, **fresh, enabled=True, forced_down=False)
    else:
        store.change(tx, event.name, **values, updated_at=now)
    host = store.find(tx, event.name)
    assert host is not None
    providers.lend(tx, [_lent(host)])
    ring(tx)


def agent_down(tx: Tx, event: AgentDown) -> None:
    """A host's agent is gone: so is the host, as far as anybody can tell. Servers that were being deleted there are deleted."""
    store.hold(tx, event.name)
    host = store.find(tx, event.name)
    if host is None or not host.up:
        return
    store.change(tx, host.name, up=False, changed_at=clock.now())
    providers.set_available(tx, host.uuid, False)
    for server in servers.on_host(tx, host.name):
        if server.task_state == "deleting":
            bury(tx, server)


def refresh(tx: Tx, name: str) -> None:
    """Have placement know a host's state and zone: to be called after an operator changed them, by who holds the host."""
    host = store.find(tx, name)
    if host is not None:
        providers.lend(tx, [_lent(host)])


def keep_lent(at_once: int) -> Callable[[Tx], int]:
    """A job that has placement know hosts as they are, so many in their turn: clients of placement write there too."""
    behind = 0

    def job(tx: Tx) -> int:
        nonlocal behind
        for host in store.behind(tx, behind, at_once):
            store.hold(tx, host.name)
        several = store.behind(tx, behind, at_once)
        behind = several[-1].id if len(several) == at_once else 0
        return providers.lend(tx, [_lent(host) for host in several])

    return job


def _lent(host: Host) -> providers.Lent:
    """What a host's agent reported, as a provider."""
    inventories = {
        lent.VCPU: lent.Inventory(host.vcpus, 0, settings.cpu_allocation_ratio),
        lent.MEMORY_MB: lent.Inventory(
            host.memory_mib, settings.reserved_host_memory_mib, settings.ram_allocation_ratio
        ),
        lent.DISK_GB: lent.Inventory(host.disk_gib, 0, settings.disk_allocation_ratio),
    }
    return providers.Lent(
        host.uuid,
        host.name,
        inventories,
        host.zone,
        host.alive and host.enabled,
        traits=host_traits.traits_of(host),
        kinds=host_traits.KINDS,
    )
