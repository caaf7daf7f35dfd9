"""A host with room that another server takes between the look and the claim, on PostgreSQL: the next host is tried."""

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from gureum.compute.flows.placing import place
from gureum.compute.host import Host
from gureum.compute.store import decisions, hosts, servers
from gureum.kernel.store.tx import Tx
from gureum.placement.inventory import MEMORY_MB
from gureum.placement.service import claims
from gureum.placement.store import inventories
from tests import databases
from tests.api.server_kit import Kit, kit
from tests.cloud import Cloud

_MEMORY = inventories.inventories
_MOST_FREE = (
    sa.select(_MEMORY.c.provider, _MEMORY.c.free)
    .where(_MEMORY.c.resource_class == MEMORY_MB)
    .order_by(_MEMORY.c.free.desc(), _MEMORY.c.provider.desc())
)


@pytest.fixture(scope="module")
def mine() -> Iterator[Kit]:
    """A project in a cloud of two hosts on PostgreSQL, whatever the other tests run on."""
    cloud = Cloud(hosts=2, database=databases.server().create(databases.server().template()))
    cloud.wait(lambda: cloud.read(lambda tx: all(host.up for host in hosts.everyone(tx, ["host-1", "host-2"]))))
    yield kit(cloud)
    cloud.close()


def _taken_meanwhile(mine: Kit, server: str, hosts: int) -> Host | str | None:
    """What is chosen for a server while another transaction, not committed yet, takes all memory of that many hosts, those
    first that would be chosen first."""
    cloud = mine.cloud
    cloud.write(lambda tx: claims.release(tx, server))
    found: list[Host | str | None] = []
    choosing = threading.Thread(
        target=lambda: found.append(cloud.write(lambda tx: place(tx, servers.get(tx, server), patient=True)))
    )
    taken: list[tuple[str, int]] = []

    def take(tx: Tx) -> None:
        taken.extend((row.provider, row.free) for row in tx.all(_MOST_FREE.limit(hosts)))
        assert all([inventories.use(tx, uuid, MEMORY_MB, free) for uuid, free in taken])
        choosing.start()
        cloud.wait(lambda: databases.blocked(tx), "the wait for a host that is being taken")

    cloud.write(take)
    choosing.join(10)
    cloud.write(lambda tx: [inventories.use(tx, uuid, MEMORY_MB, -free) for uuid, free in taken])
    (one,) = found
    return one


def test_the_next_host_is_tried(mine: Kit) -> None:
    id = mine.server()
    chosen = _taken_meanwhile(mine, id, hosts=1)
    assert isinstance(chosen, Host)
    kept = mine.cloud.read(lambda tx: decisions.latest(tx, id))
    (late,) = kept.refused
    assert {chosen.name, late["host"]} == {"host-1", "host-2"}
    assert (late["filter"], late["reason"]) == ("Race", "The host has not enough MEMORY_MB left.")
    assert kept.chosen == chosen.name
    mine.gone(id)


def test_where_there_is_no_next_one_it_is_said_what_is_missing(mine: Kit) -> None:
    id = mine.server()
    assert "RamFilter: 2" in str(_taken_meanwhile(mine, id, hosts=2))
    mine.gone(id)
