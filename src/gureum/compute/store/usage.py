"""What servers were used in a span of time: those that are and those that were, in one query."""

from dataclasses import dataclass

import sqlalchemy as sa

from gureum.compute.store.servers import past, servers
from gureum.kernel.clock import Micros
from gureum.kernel.faults import Invalid
from gureum.kernel.store.query import sorted_page
from gureum.kernel.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Used:
    """A server as usage counts it. Memory in MiB, disk in GiB."""

    id: str
    name: str
    project_id: str
    flavor_name: str
    vcpus: int
    memory_mib: int
    disk_gib: int
    vm_state: str
    launched_at: Micros
    terminated_at: Micros | None


def search(
    tx: Tx, start: Micros, stop: Micros, *, project_id: str | None, marker: str | None, limit: int | None
) -> list[Used]:
    """Servers that lived between two instants, by project, behind the server `marker`. Raises Invalid when it is none."""
    each = sa.union_all(*(_columns(table, start, stop, project_id) for table in (servers, past))).subquery()
    after = None
    if marker is not None:
        row = tx.one(sa.select(each.c.project_id, each.c.id).where(each.c.id == marker))
        if row is None:
            raise Invalid(f"Marker {marker} could not be found.", name="MarkerNotFound")
        after = tuple(row)
    page = sorted_page(sa.select(each), [(each.c.project_id, "asc"), (each.c.id, "asc")], after=after, limit=limit)
    return [
        Used(
            id=row.id,
            name=row.name,
            project_id=row.project_id,
            flavor_name=row.flavor.get("original_name", ""),
            vcpus=row.vcpus,
            memory_mib=row.ram,
            disk_gib=row.flavor.get("disk", 0) + row.flavor.get("ephemeral", 0),
            vm_state=row.vm_state,
            launched_at=row.launched_at,
            terminated_at=row.terminated_at,
        )
        for row in tx.all(page)
    ]


def _columns(table: sa.Table, start: Micros, stop: Micros, project_id: str | None) -> sa.Select[tuple[object, ...]]:
    names = ("id", "name", "project_id", "flavor", "vcpus", "ram", "vm_state", "launched_at", "terminated_at")
    column = table.c
    statement = sa.select(*(column[name] for name in names)).where(
        column.launched_at < stop, sa.or_(column.terminated_at.is_(None), column.terminated_at > start)
    )
    return statement if project_id is None else statement.where(column.project_id == project_id)
