"""CPU of scheduling decisions and of placement among very many hosts."""

import argparse
import uuid
from contextlib import suppress
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from tests.api.server_kit import kit
from tests.cloud import Cloud

from bench.api import measure, stamp
from gureum.compute.flows import placing
from gureum.compute.server import Server
from gureum.compute.service.hosts import keep_lent
from gureum.compute.store import servers
from gureum.compute.store.hosts import hosts
from gureum.kernel.store.tx import Tx

AT_ONCE = 500


class _Undone(Exception):
    """Nothing is kept."""


def populate(cloud: Cloud, count: int) -> None:
    """Hosts like the first one, and their providers."""

    def add(tx: Tx) -> None:
        first: dict[str, Any] = dict(tx.all(sa.select(hosts))[0]._mapping)
        del first["id"]
        own = ({"uuid": str(uuid.uuid4()), "service_uuid": str(uuid.uuid4())} for _ in range(count - 1))
        made = [first | one | {"name": f"bench-{number}"} for number, one in enumerate(own)]
        tx.conn.execute(hosts.insert(), made)

    cloud.write(add)
    job = keep_lent(AT_ONCE)
    for _ in range(count // AT_ONCE + 1):
        cloud.write(job)


def undone(cloud: Cloud, job: Any) -> None:
    """Do it in a transaction that ends with nothing."""

    def work(tx: Tx) -> None:
        job(tx)
        raise _Undone

    with suppress(_Undone):
        cloud.write(work)


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=10_000)
    count = parser.parse_args().hosts
    stamp()
    cloud = Cloud(hosts=1)
    try:
        made = kit(cloud)
        server = cloud.read(lambda tx, id=made.server(): servers.get(tx, id))
        populate(cloud, count)
        print(f"{count} hosts", flush=True)

        def decide(asked: Server) -> None:
            undone(cloud, lambda tx: placing.place(tx, replace(asked, id=str(uuid.uuid4()))))

        measure("a decision", 10.0, 50, lambda: decide(server))
        measure(
            "a decision among all that are refused", 2000.0, 1, lambda: decide(replace(server, requested_zone="none"))
        )
        measure(f"{AT_ONCE} hosts compared with placement", 500.0, 1, lambda: cloud.write(keep_lent(AT_ONCE)))
        room = "/placement/allocation_candidates?resources=VCPU:1,MEMORY_MB:64&limit=10"
        traits = ",".join(
            cloud.admin.get("/placement/traits?name=startswith:HW_CPU_X86_AVX", version="1.39").ok()["traits"]
        )
        for what, query in (
            ("ten candidates", ""),
            ("ten candidates with one of many traits", f"&required=in:{traits},COMPUTE_NODE"),
        ):
            measure(what, 100.0, 2, lambda query=query: cloud.admin.get(room + query, version="1.39").ok())
    finally:
        cloud.close()


if __name__ == "__main__":
    main()
