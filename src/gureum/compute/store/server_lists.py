"""Lists of servers: filters, sorts and pages, all in one query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from gureum.compute.server import Server
from gureum.compute.store import tags
from gureum.compute.store.flavors import flavors
from gureum.compute.store.hosts import hosts
from gureum.compute.store.servers import from_row, past, servers, with_host
from gureum.kernel.clock import Micros
from gureum.kernel.store.query import Direction, Sort, moment_text, sorted_page
from gureum.kernel.store.tx import Tx

_EXACT = {
    "project_id": "project_id",
    "user_id": "user_id",
    "image": "image_id",
    "image_ref": "image_id",
    "uuid": "id",
    "vm_state": "vm_state",
    "task_state": "task_state",
    "host": "host",
}
"""Filters for which a column must be equal to one of the values."""
_FOUND: dict[str, str] = {
    "name": "name",
    "display_name": "name",
    "description": "description",
    "display_description": "description",
    "node": "host",
} | {name: name for name in ("hostname", "key_name", "reservation_id", "access_ip_v4", "access_ip_v6", "locked_by")}
"""Filters whose regular expression must be found in a column."""
_SAME = {"progress": "0", "kernel_id": "", "ramdisk_id": ""}
"""What is looked for in words that every server here has."""
_MOMENTS = ("created_at", "launched_at", "terminated_at")
_NUMBERS = ("launch_index", "power_state")
SORTS = {
    "uuid": "id",
    "display_name": "name",
    "display_description": "description",
    "image_ref": "image_id",
    "node": "host",
    "auto_disk_config": "disk_config",
    "locked": "locked_by",
} | {
    name: name
    for name in (
        "access_ip_v4",
        "access_ip_v6",
        "config_drive",
        "created_at",
        "host",
        "hostname",
        "key_name",
        "launch_index",
        "launched_at",
        "locked_by",
        "power_state",
        "project_id",
        "task_state",
        "terminated_at",
        "updated_at",
        "user_id",
        "vm_state",
    )
}
"""Sort keys and their columns. The others that upstream knows are the same for every server here, or passed over there too."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which servers: `filters` by upstream's names, each with the values that it may have.

    `deleted` None: those that were as well as those that are.
    """

    filters: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    deleted: bool | None = False
    since: Micros | None = None
    before: Micros | None = None
    addresses: Sequence[sa.Select[Any]] = ()
    """Subqueries that a server's id must be in."""
    sorts: Sequence[tuple[str, Direction]] = ()
    marker: str | None = None
    limit: int | None = None


def find(tx: Tx, wish: Wish) -> list[Server] | None:
    """The servers; None when the marker is none of those that are or were."""
    table = _source(wish.deleted)
    sorts = _sorts(table, wish.sorts)
    after = None
    if wish.marker is not None:
        every = _source(None)
        keys = [column.label(f"key{place}") for place, (column, _) in enumerate(_sorts(every, wish.sorts))]
        row = tx.one(with_host(every).with_only_columns(*keys).where(every.c.id == wish.marker))
        if row is None:
            return None
        after = list(row)
    statement = with_host(table).where(*_conditions(table, wish))
    return [from_row(row) for row in tx.all(sorted_page(statement, sorts, after=after, limit=wish.limit))]


def _source(deleted: bool | None) -> Any:
    if deleted is None:
        return sa.union_all(sa.select(servers), sa.select(past)).subquery("servers")
    return past if deleted else servers


def _sorts(table: Any, wanted: Iterable[tuple[str, Direction]]) -> list[Sort]:
    found: list[Sort] = []
    for key, direction in wanted:
        column = _sort(table, key)
        if column is not None:
            found.append((column, direction))
    if not found:
        found.append((table.c.created_at, "desc"))
    return [*found, (table.c.number, found[-1][1])]


def _sort(table: Any, key: str) -> sa.ColumnElement[Any] | None:
    if key == "availability_zone":
        return _zone(table)
    if key == "instance_type_id":
        made = sa.select(flavors.c.created_at).where(flavors.c.id == table.c.flavor["id"].as_string())
        return made.scalar_subquery()
    return table.c[SORTS[key]] if key in SORTS else None


def _zone(table: Any) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(hosts.c.zone, table.c.requested_zone, "")


def _conditions(table: Any, wish: Wish) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    changed = sa.func.coalesce(table.c.updated_at, table.c.created_at)
    if wish.since is not None:
        found.append(changed >= wish.since)
    if wish.before is not None:
        found.append(changed <= wish.before)
    found += [table.c.id.in_(subquery) for subquery in wish.addresses]
    for name, values in wish.filters.items():
        found.append(_condition(table, name, values))
    return found


def _condition(table: Any, name: str, values: list[Any]) -> sa.ColumnElement[bool]:
    if name in _EXACT:
        return table.c[_EXACT[name]].in_(values)
    text = _text(table, name)
    if text is not None:
        return sa.or_(*(text.regexp_match(value) for value in values))
    if name == "locked":
        return table.c.locked_by.is_not(None) if values[-1] else table.c.locked_by.is_(None)
    if name == "flavor":
        return table.c.flavor["id"].as_string().in_(values)
    if name == "nothing":
        return sa.false()
    return _tag_condition(table.c.id, name, values)


def _text(table: Any, name: str) -> sa.ColumnElement[Any] | None:
    """What a regular expression is looked for in, as upstream's database has it in words."""
    if name in _FOUND:
        return table.c[_FOUND[name]]
    if name in _MOMENTS:
        return moment_text(table.c[name])
    if name in _NUMBERS:
        return sa.cast(table.c[name], sa.String)
    if name in _SAME:
        return sa.literal(_SAME[name])
    if name == "root_device_name":
        return sa.case((table.c.host.isnot(None), "/dev/vda"))
    if name == "availability_zone":
        return _zone(table)
    if name == "config_drive":
        return sa.case((table.c.config_drive, "True"), else_="")
    return sa.case((table.c.disk_config == "AUTO", "1"), else_="0") if name == "auto_disk_config" else None


def _tag_condition(server_id: Any, name: str, values: list[str]) -> sa.ColumnElement[bool]:
    have, any_of = (values, []) if name in ("tags", "not-tags") else ([], values)
    condition = sa.and_(*tags.filters(server_id, have, any_of))
    return sa.not_(condition) if name.startswith("not-") else condition
