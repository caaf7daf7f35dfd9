"""Hosts of volumes: a pool each, with what is kept there and what its storage can do."""

from dataclasses import dataclass, replace

from gureum.block_storage.pool import Pool
from gureum.block_storage.service.access import SERVICE
from gureum.block_storage.store import pools, snapshots, volumes
from gureum.kernel.caller import Caller
from gureum.kernel.faults import NotFound
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx

_RULE = "volume_extension:hosts"


@dataclass(frozen=True, slots=True)
class Kept:
    """Numbers and GiB."""

    volumes: int = 0
    volume_gib: int = 0
    snapshots: int = 0
    snapshot_gib: int = 0


def search(tx: Tx, caller: Caller) -> list[Pool]:
    """Every host. Raises Forbidden."""
    policy.demand(SERVICE, _RULE, caller, {})
    return pools.all(tx)


def kept(tx: Tx, caller: Caller, host: str) -> list[tuple[str, Kept]]:
    """What is kept on a host: all of it, then each project's. Raises Forbidden, NotFound."""
    policy.demand(SERVICE, _RULE, caller, {})
    agent = _pool(tx, host).agent
    found = {project: Kept(volumes=number, volume_gib=size) for project, number, size in volumes.by_project(tx, agent)}
    for project, number, size in snapshots.by_project(tx, agent):
        found[project] = replace(found.get(project, Kept()), snapshots=number, snapshot_gib=size)
    total = Kept(
        sum(one.volumes for one in found.values()),
        sum(one.volume_gib for one in found.values()),
        sum(one.snapshots for one in found.values()),
        sum(one.snapshot_gib for one in found.values()),
    )
    return [("(total)", total), *sorted(found.items())]


def with_capabilities(tx: Tx, caller: Caller, host: str) -> Pool:
    """The pool of a host, by the host's name or the pool's. Raises Forbidden, NotFound."""
    policy.demand(SERVICE, "volume_extension:capabilities", caller, {})
    return _pool(tx, host.partition("#")[0])


def _pool(tx: Tx, host: str) -> Pool:
    for one in pools.all(tx):
        if one.host == host:
            return one
    raise NotFound(f"Service cinder-volume could not be found on host {host}.")
