"""Many writers at the same time, on PostgreSQL: runners take over from each other, and what is counted is never overdrawn."""

import itertools
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gureum.kernel.flow.intend import intend
from gureum.kernel.flow.tables import strands
from gureum.kernel.store.database import Database
from gureum.kernel.store.opening import open_database
from gureum.kernel.store.schema import journal, metadata
from gureum.kernel.store.tx import Tx
from tests import databases
from tests.cloud import Client, Cloud, Response, Tenant
from tests.flow.walkers import FAR, Walk, ground, paces, walk

MANY = 64
WALKERS = 40
RUNNERS = 3
PATIENCE = 90.0


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    """A cloud on PostgreSQL, whatever the other tests run on."""
    cloud = Cloud(database=databases.server().create(databases.server().template()))
    yield cloud
    cloud.close()


@pytest.fixture
def url() -> Iterator[str]:
    """The URL of a database that has the kernel's tables."""
    url = databases.server().create("template0")
    yield url
    databases.server().drop(url)


def at_once(client: Client, asks: list[tuple[str, Any]]) -> list[Response]:
    """Post all of it at the same time."""
    with ThreadPoolExecutor(len(asks)) as threads:
        return list(threads.map(lambda ask: client.post(*ask), asks))


def test_runners_killed_at_random_take_over_from_each_other(url: str) -> None:
    database = open_database(url, Path(), durable=False)
    metadata.create_all(database.engine)
    database.write(lambda tx: tx.insert(ground, id=1, trodden=0))
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    killed = _walk_and_kill(url, database, random.Random(seed))
    rows = database.read(lambda tx: tx.all(sa.select(paces)))
    trodden = _trodden(database)
    database.close()
    assert killed >= 4, f"seed {seed}: {killed} were killed"
    assert Counter(row.walker for row in rows) == {str(number): FAR for number in range(WALKERS)}, f"seed {seed}"
    assert sorted(row.sum for row in rows) == list(range(1, trodden + 1)), f"seed {seed}: two stood on the same place"


def _walk_and_kill(url: str, database: Database, chance: random.Random) -> int:
    """Have runners run until all have arrived; every so many paces one of them is killed, and another started."""
    runners = [_runner(url) for _ in range(RUNNERS)]
    database.write(_begin)
    killed = 0
    deadline = time.monotonic() + PATIENCE
    mark = 0
    try:
        while not _arrived(database):
            assert time.monotonic() < deadline, "the walkers do not arrive"
            time.sleep(chance.uniform(0, 0.02))
            if _trodden(database) < mark:
                continue
            victim = chance.randrange(RUNNERS)
            _kill(runners[victim])
            killed += 1
            mark = _trodden(database) + chance.randint(10, WALKERS * FAR // 10)
            runners[victim] = _runner(url)
    finally:
        for runner in runners:
            _kill(runner)
    return killed


def _begin(tx: Tx) -> None:
    for number in range(WALKERS):
        intend(tx, Walk, str(number))


def _runner(url: str) -> BaseProcess:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.flow.walkers"])
    runner = processes.Process(target=walk, args=(url,), daemon=True)
    runner.start()
    return runner


def _kill(runner: BaseProcess) -> None:
    runner.kill()
    runner.join()


def _arrived(database: Database) -> bool:
    unfinished = sa.select(strands.c.id).where(strands.c.finished_at.is_(None))
    return not database.read(lambda tx: tx.count(unfinished))


def _trodden(database: Database) -> int:
    return database.read(lambda tx: tx.scalar(sa.select(ground.c.trodden)))


@pytest.fixture
def tenant(cloud: Cloud) -> Tenant:
    return cloud.project("member")


KINDS: dict[str, tuple[str, str, str, Callable[[int], Any]]] = {
    "networks": (
        "/network/v2.0/quotas/{}",
        "network",
        "/network/v2.0/networks",
        lambda number: {"network": {"name": str(number)}},
    ),
    "volumes": (
        "/volume/v3/os-quota-sets/{}",
        "volumes",
        "/volume/v3/volumes",
        lambda _: {"volume": {"size": 1}},
    ),
    "security groups": (
        "/network/v2.0/quotas/{}",
        "security_group",
        "/network/v2.0/security-groups",
        lambda number: {"security_group": {"name": str(number)}},
    ),
}
"""Where the quota of a kind is set, its name there, where things of it are made, and how."""


@pytest.mark.parametrize("kind", KINDS)
def test_many_creators_at_a_quota_never_pass_it(cloud: Cloud, tenant: Tenant, kind: str) -> None:
    most = 7
    where, name, path, body = KINDS[kind]
    key = "quota_set" if "quota-sets" in where else "quota"
    # the default group counts too, and is there from the first request on
    already = len(tenant.member.get(path).ok()[path.rsplit("/", 1)[1].replace("-", "_")])
    cloud.admin.put(where.format(tenant.id), {key: {name: most + already}}).ok()
    answers = at_once(tenant.member, [(path, body(number)) for number in range(MANY)])
    made = [one for one in answers if one.status < 300]
    assert len(made) == most
    assert {one.status for one in answers if one.status >= 300} <= {409, 413}, "who is refused is told so"


def test_no_address_is_given_twice(cloud: Cloud, tenant: Tenant) -> None:
    network = tenant.member.post("/network/v2.0/networks", {"network": {}}).ok()["network"]["id"]
    subnet = {"network_id": network, "ip_version": 4, "cidr": "10.9.0.0/26"}
    tenant.member.post("/network/v2.0/subnets", {"subnet": subnet}).ok()
    cloud.admin.put(f"/network/v2.0/quotas/{tenant.id}", {"quota": {"port": -1}}).ok()
    asks = [("/network/v2.0/ports", {"port": {"network_id": network}})] * MANY
    answers = at_once(tenant.member, asks)
    ports = tenant.member.get(f"/network/v2.0/ports?network_id={network}").ok()["ports"]
    held = [one["ip_address"] for port in ports for one in port["fixed_ips"]]
    assert len(set(held)) == len(held) == 61, "a /26 has 64 addresses, of which three are not to be had"
    assert {one.status for one in answers} == {201, 409}


def test_of_many_changes_of_one_thing_each_is_journaled_as_it_was(cloud: Cloud, tenant: Tenant) -> None:
    made = tenant.member.post("/network/v2.0/networks", {"network": {"name": "n"}}).ok()["network"]["id"]
    with ThreadPoolExecutor(16) as threads:
        path = f"/network/v2.0/networks/{made}"
        answers = threads.map(lambda number: tenant.member.put(path, {"network": {"name": str(number)}}), range(16))
    assert all(one.status == 200 for one in answers)
    rows = cloud.read(lambda tx: tx.all(sa.select(journal).where(journal.c.subject == made).order_by(journal.c.id)))
    names = [(row.before["name"], row.after["name"]) for row in rows if row.verb == "update" and "name" in row.after]
    assert len(names) == 16
    assert names[0][0] == "n"
    assert all(later[0] == earlier[1] for earlier, later in itertools.pairwise(names))


def test_of_many_deletes_of_one_thing_one_does_it(cloud: Cloud, tenant: Tenant) -> None:
    made = tenant.member.post("/network/v2.0/networks", {"network": {}}).ok()["network"]["id"]
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda _: tenant.member.delete(f"/network/v2.0/networks/{made}"), range(16)))
    assert sorted(one.status for one in answers) == [204] + [404] * 15
