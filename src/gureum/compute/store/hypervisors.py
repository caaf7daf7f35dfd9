"""Lists of hosts as hypervisors, and what runs on them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from gureum.compute.host import Host
from gureum.compute.store.hosts import from_row, hosts
from gureum.compute.store.servers import servers
from gureum.kernel.faults import Invalid
from gureum.kernel.numbers import natural
from gureum.kernel.store.query import sorted_page
from gureum.kernel.store.tx import Tx


def page(tx: Tx, *, marker: str | None, limit: int | None, by_uuid: bool) -> list[Host]:
    """Hosts, oldest first, behind the one that `marker` names. Raises Invalid when it names none."""
    after = None
    if marker is not None:
        found = find(tx, marker, by_uuid=by_uuid)
        if found is None:
            raise Invalid(f"marker [{marker}] not found")
        after = (found.id,)
    statement = sorted_page(sa.select(hosts), [(hosts.c.id, "asc")], after=after, limit=limit)
    return [from_row(row) for row in tx.all(statement)]


def matching(tx: Tx, pattern: str) -> list[Host]:
    """Hosts with `pattern` in their names, oldest first."""
    statement = sa.select(hosts).where(hosts.c.name.contains(pattern, autoescape=True)).order_by(hosts.c.id)
    return [from_row(row) for row in tx.all(statement)]


def find(tx: Tx, id: str, *, by_uuid: bool) -> Host | None:
    """A host by its uuid, or its number; None for no such thing."""
    number = natural(id)
    if not by_uuid and number is None:
        return None
    row = tx.one(sa.select(hosts).where(hosts.c.uuid == id if by_uuid else hosts.c.id == number))
    return None if row is None else from_row(row)


def counts(tx: Tx, names: Sequence[str]) -> dict[str, tuple[int, int]]:
    """How many servers each of the hosts has, and how many of them are being worked on."""
    busy = sa.func.count(servers.c.task_state)
    statement = sa.select(servers.c.host, sa.func.count().label("present"), busy.label("busy"))
    grouped = statement.where(servers.c.host.in_(names)).group_by(servers.c.host)
    return {row.host: (row.present, row.busy) for row in tx.all(grouped)}


def guests(tx: Tx, names: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """The servers of hosts, as (id, domain name)."""
    statement = sa.select(servers.c.host, servers.c.id, servers.c.number).where(servers.c.host.in_(list(names)))
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in tx.all(statement.order_by(servers.c.number)):
        found[row.host].append((row.id, f"instance-{row.number:08x}"))
    return found
