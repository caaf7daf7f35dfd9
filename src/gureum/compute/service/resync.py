"""What hosts tell of guests, against what the rows say."""

from collections.abc import Iterable

from gureum.compute.flows import RestoreServer, StopServer
from gureum.compute.flows.server_flow import POWER_STATES
from gureum.compute.server import Server
from gureum.compute.store import servers as store
from gureum.contracts.hypervisor import DomainSeen, HostState
from gureum.kernel.flow import busy, intend
from gureum.kernel.link.news import AgentTold
from gureum.kernel.store.tx import Tx


def heard(tx: Tx, told: AgentTold) -> None:
    """News of a host: a guest changed, or all its guests as they are after it came back."""
    if isinstance(told.news, DomainSeen):
        server = store.find(tx, told.news.server_id)
        if server is not None and server.host == told.name:
            _seen(tx, server, told.news.power)
    elif isinstance(told.news, HostState):
        _came_back(tx, told.name, told.news.domains)


def _settled(tx: Tx, server: Server) -> bool:
    """Whether nothing is under way that would explain what was seen."""
    settled = server.vm_state in ("active", "stopped", "paused") and server.task_state is None
    return settled and not busy(tx, "server", server.id)


def _seen(tx: Tx, server: Server, power: str) -> None:
    """A guest changed while its host was there: one that ended has shut down; one that runs unasked is stopped again."""
    if not _settled(tx, server):
        return
    if server.vm_state in ("active", "paused") and power in ("stopped", "crashed", "missing"):
        state = POWER_STATES.get(power, POWER_STATES["stopped"])
        store.change(tx, server.id, vm_state="stopped", power="stopped", power_state=state)
    elif server.vm_state == "stopped" and power == "running":
        intend(tx, StopServer, server.id)
    elif power in POWER_STATES and POWER_STATES[power] != server.power_state:
        store.change(tx, server.id, power_state=POWER_STATES[power])


def _came_back(tx: Tx, host: str, domains: Iterable[DomainSeen]) -> None:
    """A host is there again: guests that should run and do not are started, as they were before it went."""
    powers = {one.server_id: one.power for one in domains}
    for server in store.on_host(tx, host):
        if not _settled(tx, server):
            continue
        power = powers.get(server.id, "missing")
        if server.vm_state == "active" and power != "running" and power != "paused":
            intend(tx, RestoreServer, server.id)
        else:
            _seen(tx, server, power if power != "missing" else "stopped")
