"""What of servers should be outside, for whoever compares rows with the world; and rows that servers left behind."""

from collections.abc import Iterator

import sqlalchemy as sa

from gureum.block_storage.service import for_compute as block_storage
from gureum.compute.flows import DiscardGuest, Unplug
from gureum.compute.flows.server_flow import fault_of
from gureum.compute.store import servers as store
from gureum.compute.store import volumes
from gureum.compute.store.servers import past, servers
from gureum.kernel.existing import Existing, Stray, moving
from gureum.kernel.faults import Fault
from gureum.kernel.flow import intend
from gureum.kernel.store.tx import Tx
from gureum.network.service import for_compute as network
from gureum.placement.service import claims

_INTERRUPTED = "The operation ended and nobody knows how; the operator put an end to it."


def existing(tx: Tx) -> Existing:
    """Servers that were built must be there."""
    rows = tx.all(sa.select(servers.c.id, servers.c.vm_state))
    built = {row.id for row in rows if row.vm_state in ("active", "stopped", "paused", "suspended")}
    return Existing({"server": {row.id for row in rows}}, {"server": built})


def discard(tx: Tx, kind: str, id: str, agent: str) -> bool:
    """Have a host throw away what has no row."""
    flow = {"server": DiscardGuest, "tap": Unplug}.get(kind)
    if flow is not None:
        intend(tx, flow, id, agent=agent)
    return flow is not None


def restore(tx: Tx, kind: str, id: str) -> bool:
    """A disk that is gone is gone: to make a new one is for the server's owner to decide."""
    return False


def astray(tx: Tx) -> list[Stray]:
    """Claims, ports and volumes of servers that are no more, wrong sums of claims, and servers stuck in an operation."""
    return list(_astray(tx))


def _astray(tx: Tx) -> Iterator[Stray]:
    busy = {id for kind, id in moving(tx) if kind == "server"}
    rows = tx.all(sa.select(servers.c.id, servers.c.vm_state, servers.c.task_state))
    alive = {row.id for row in rows} | busy
    for id in sorted(claims.consumers(tx) - alive):
        yield Stray("claim", id, f"resources are held for server {id}, which is no more")
    for provider, resource_class, used, held in claims.miscounted(tx):
        says = f"{used} {resource_class} of host {provider} count as used, but its claims hold {held}"
        yield Stray("usage", provider, says)
    # Anybody may write anything into a port of his own: only what was a server once says something.
    gone = {row.id for row in tx.all(sa.select(past.c.id))} - alive
    for id in sorted((network.devices(tx) & gone) | (network.devices(tx, made_for=True) - alive)):
        yield Stray("device", id, f"ports are held for server {id}, which is no more")
    for id in sorted(volumes.holders(tx) - alive):
        yield Stray("disks", id, f"volumes are held for server {id}, which is no more")
    for row in rows:
        if row.id not in busy and (row.task_state is not None or row.vm_state == "building"):
            doing = row.task_state or row.vm_state
            yield Stray("task", row.id, f"server {row.id} says that it is {doing}, but nothing is under way")


def settle(tx: Tx, kind: str, id: str) -> bool:
    """Give back what nobody has; a server that is stuck rests, in error where it was never built."""
    if not any((one.kind, one.id) == (kind, id) for one in _astray(tx)):
        return False
    if kind == "claim":
        claims.release(tx, id)
    elif kind == "usage":
        claims.recount(tx, id)
    elif kind == "device":
        network.release(tx, id)
    elif kind == "disks":
        block_storage.release(tx, id)
        volumes.remove_all(tx, id)
    else:
        _rest(tx, id)
    return True


def _rest(tx: Tx, id: str) -> None:
    built = store.get(tx, id).vm_state != "building"
    failed = {} if built else {"vm_state": "error", "fault": fault_of(Fault(_INTERRUPTED))}
    store.change(tx, id, task_state=None, **failed)
