"""What hosts tell of guests, against what the rows say."""

from collections.abc import Iterable

from gureum.compute.flows import RestoreServer
from gureum.compute.flows.follow_guest import follow, follow_later
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
            _seen(tx, server, told.name, told.news.power)
    elif isinstance(told.news, HostState):
        _came_back(tx, told.name, told.news.domains)


def _seen(tx: Tx, server: Server, host: str, power: str) -> None:
    """A guest changed while its host was there."""
    if busy(tx, "server", server.id):
        follow_later(tx, server, host, power)
    elif server.vm_state in ("active", "stopped", "paused") and server.task_state is None:
        follow(tx, server, power)


def _came_back(tx: Tx, host: str, domains: Iterable[DomainSeen]) -> None:
    """A host is there again: guests that should run and do not are started, as they were before it went."""
    powers = {one.server_id: one.power for one in domains}
    for server in store.on_host(tx, host):
        power = powers.get(server.id, "missing")
        if server.vm_state == "active" and power not in ("running", "paused"):
            intend(tx, RestoreServer, server.id)
        else:
            _seen(tx, server, host, power if power != "missing" else "stopped")
