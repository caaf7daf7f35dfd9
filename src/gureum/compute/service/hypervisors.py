"""Hypervisors: hosts as administrators look at them."""

from collections.abc import Sequence

from gureum.compute.host import Host
from gureum.compute.hypervisor import Hypervisor
from gureum.compute.store import hypervisors as store
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid, NotFound
from gureum.kernel.ids import is_uuid
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx
from gureum.placement.service import providers


def page(
    tx: Tx, caller: Caller, rule: str, *, marker: str | None, limit: int | None, by_uuid: bool, guests: bool
) -> list[Hypervisor]:
    """Hypervisors behind a marker, oldest first; with their guests on demand."""
    _demand(caller, rule)
    return _filled(tx, store.page(tx, marker=marker, limit=limit, by_uuid=by_uuid), guests)


def matching(tx: Tx, caller: Caller, rule: str, pattern: str, *, guests: bool) -> list[Hypervisor]:
    """Hypervisors by a part of their names. Raises NotFound when there is none."""
    _demand(caller, rule)
    found = store.matching(tx, pattern)
    if not found:
        raise NotFound(f"No hypervisor matching '{pattern}' could be found.")
    return _filled(tx, found, guests)


def get(tx: Tx, caller: Caller, id: str, *, by_uuid: bool, guests: bool) -> Hypervisor:
    """A hypervisor. Raises NotFound, and Invalid for what is no uuid where there should be one."""
    _demand(caller, "show")
    if by_uuid and not is_uuid(id):
        raise Invalid(f"Invalid uuid {id}")
    host = store.find(tx, id, by_uuid=by_uuid)
    if host is None:
        raise NotFound(f"Hypervisor with ID '{id}' could not be found.", name="ComputeHostNotFound")
    return _filled(tx, [host], guests)[0]


def everyone(tx: Tx, caller: Caller, rule: str) -> list[Hypervisor]:
    """All hypervisors."""
    _demand(caller, rule)
    return _filled(tx, store.page(tx, marker=None, limit=None, by_uuid=True), guests=False)


def _demand(caller: Caller, rule: str) -> None:
    policy.demand("compute", f"os_compute_api:os-hypervisors:{rule}", caller, {})


def _filled(tx: Tx, hosts: Sequence[Host], guests: bool) -> list[Hypervisor]:
    names = [host.name for host in hosts]
    inventories = providers.inventories(tx, [host.uuid for host in hosts])
    counts = store.counts(tx, names)
    of_hosts = store.guests(tx, names) if guests else None
    found: list[Hypervisor] = []
    for host in hosts:
        running, busy = counts.get(host.name, (0, 0))
        here = None if of_hosts is None else of_hosts.get(host.name, [])
        found.append(Hypervisor(host, inventories.get(host.uuid, {}), running, busy, here))
    return found
