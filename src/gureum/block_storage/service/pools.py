"""Pools, and the services that upstream would run for them."""

from gureum.block_storage.pool import Pool
from gureum.block_storage.service.access import SERVICE
from gureum.block_storage.store import pools as store
from gureum.contracts.volumes import PoolState
from gureum.kernel.caller import Caller
from gureum.kernel.faults import NotFound
from gureum.kernel.link.news import AgentDown, AgentTold
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx


def heard(tx: Tx, event: AgentTold) -> None:
    """Keep what an agent tells of its pool."""
    news = event.news
    if isinstance(news, PoolState):
        store.told(
            tx,
            event.name,
            name=news.pool,
            backend=news.backend,
            total_gib=news.total_gib,
            free_gib=news.free_gib,
        )


def lost(tx: Tx, event: AgentDown) -> None:
    """A pool whose agent is away is down."""
    store.change(tx, event.name, up=False)


def services(tx: Tx, caller: Caller) -> list[Pool]:
    """The pools as services. Raises Forbidden."""
    policy.demand(SERVICE, "volume_extension:services:index", caller, {})
    return store.all(tx)


def all(tx: Tx, caller: Caller) -> list[Pool]:
    """The pools with their space. Raises Forbidden."""
    policy.demand(SERVICE, "scheduler_extension:scheduler_stats:get_pools", caller, {})
    return store.all(tx)


def set_disabled(tx: Tx, caller: Caller, binary: str, host: str, disabled: bool, reason: str | None = None) -> Pool:
    """Have a pool get new volumes or not. Raises Forbidden, NotFound."""
    policy.demand(SERVICE, "volume_extension:services:update", caller, {})
    found = next((one for one in store.all(tx) if binary == "cinder-volume" and one.host == host), None)
    if found is None:
        raise NotFound(f"Service {binary} could not be found on host {host}.")
    store.change(tx, found.agent, disabled=disabled, disabled_reason=reason if disabled else None)
    return found
