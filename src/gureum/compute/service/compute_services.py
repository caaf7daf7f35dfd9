"""Compute services: what runs where, and an operator's switches on the hosts."""

import socket
from dataclasses import dataclass

from gureum.compute.compute_service import COMPUTE, CONDUCTOR, SCHEDULER, ComputeService, of_host
from gureum.compute.host import Host
from gureum.compute.service.hosts import refresh
from gureum.compute.store import aggregates, control_services, servers
from gureum.compute.store import hosts as store
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid, NotFound
from gureum.kernel.ids import is_uuid, new_uuid
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx
from gureum.placement.service import providers

_RULES = "os_compute_api:os-services"


@dataclass(frozen=True, slots=True)
class Switches:
    """What an operator changes; None leaves it. `reason` goes with `enabled=False` and is forgotten with True."""

    enabled: bool | None = None
    reason: str | None = None
    forced_down: bool | None = None


def announce(tx: Tx) -> None:
    """At start: this machine's control plane is there."""
    for binary in (CONDUCTOR, SCHEDULER):
        control_services.started(tx, binary, socket.gethostname(), new_uuid())


def everyone(tx: Tx) -> list[ComputeService]:
    """Every service: those of the control plane, then the hosts'."""
    return control_services.everyone(tx, socket.gethostname()) + [of_host(host) for host in store.everyone(tx)]


def search(tx: Tx, caller: Caller, *, binary: str | None = None, host: str | None = None) -> list[ComputeService]:
    """The services with this binary on this host."""
    policy.demand("compute", f"{_RULES}:list", caller, {})
    return [one for one in everyone(tx) if binary in (None, one.binary) and host in (None, one.host)]


def switch(tx: Tx, caller: Caller, uuid: str, switches: Switches) -> ComputeService:
    """Change a service by its uuid. Raises NotFound, and Invalid for one that is no host's."""
    policy.demand("compute", f"{_RULES}:update", caller, {})
    found = _get(tx, uuid)
    if switches.enabled is None and switches.forced_down is None:
        raise Invalid("No updates were requested. Fields 'status' or 'forced_down' should be specified.")
    if switches.reason is not None and switches.enabled is not False:
        raise Invalid("Specifying 'disabled_reason' with status 'enabled' is invalid.")
    if found.binary != COMPUTE:
        raise Invalid(f"Updating a {found.binary} service is not supported. Must be a nova-compute service.")
    return _switch(tx, found.host, switches)


def switch_on_host(tx: Tx, caller: Caller, binary: str, host: str, switches: Switches) -> ComputeService:
    """Change a service by binary and host, as old clients do. Raises NotFound, and Invalid for one that is no host's."""
    policy.demand("compute", f"{_RULES}:update", caller, {})
    if not any(one.binary == binary and one.host == host for one in everyone(tx)):
        raise NotFound(f"Could not find binary {binary} on host {host}.", name="HostBinaryNotFound")
    if binary != COMPUTE:
        raise Invalid(f"Updating a {binary} service is not supported. Must be a nova-compute service.")
    return _switch(tx, host, switches)


def delete(tx: Tx, caller: Caller, id: str, *, by_uuid: bool) -> None:
    """Forget a service that is gone. Raises Conflict for a host that has servers, or that still lives."""
    policy.demand("compute", f"{_RULES}:delete", caller, {})
    found = _get(tx, id) if by_uuid else _get_numbered(tx, id)
    if found.binary != COMPUTE:
        if found.up:
            raise Conflict(f"Service {id} is running.")
        control_services.remove(tx, found.uuid)
        return
    if servers.on_host(tx, found.host):
        raise Conflict(
            "Unable to delete compute service that is hosting instances. Migrate or delete the instances first."
        )
    store.hold(tx, found.host)
    host = _host(tx, found.host)
    if host.up:
        raise Conflict(
            f"Unable to delete compute service of host {host.name} while its agent is connected. Stop it first."
        )
    aggregates.drop_host(tx, host.name)
    providers.remove(tx, host.uuid)
    store.remove(tx, host.name)


def _switch(tx: Tx, name: str, switches: Switches) -> ComputeService:
    store.hold(tx, name)
    values: dict[str, object] = {"updated_at": clock.now()}
    if switches.enabled is not None:
        values |= {"enabled": switches.enabled, "disabled_reason": None if switches.enabled else switches.reason}
    if switches.forced_down is not None:
        values["forced_down"] = switches.forced_down
    store.change(tx, name, **values)
    refresh(tx, name)
    return of_host(_host(tx, name))


def _host(tx: Tx, name: str) -> Host:
    found = store.find(tx, name)
    if found is None:
        raise NotFound(f"Compute host {name} could not be found.", name="ComputeHostNotFound")
    return found


def _get(tx: Tx, uuid: str) -> ComputeService:
    if not is_uuid(uuid):
        raise Invalid(f"Invalid uuid {uuid}")
    for one in everyone(tx):
        if one.uuid == uuid:
            return one
    raise NotFound(f"Service {uuid} not found.", name="ServiceNotFound")


def _get_numbered(tx: Tx, id: str) -> ComputeService:
    for one in everyone(tx):
        if str(one.id) == id:
            return one
    raise NotFound(f"Service {id} not found.", name="ServiceNotFound")
