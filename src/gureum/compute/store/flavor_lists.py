"""Lists of flavors: filters, order and pages in one query."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gureum.compute.flavor import Flavor
from gureum.compute.store.flavors import access, flavors, from_row, visible_to
from gureum.kernel.faults import Invalid
from gureum.kernel.store.query import Direction, Sort, sorted_page
from gureum.kernel.store.tx import Tx

_COLUMNS: dict[str, sa.ColumnElement[Any]] = {
    "created_at": flavors.c.created_at,
    "description": flavors.c.description,
    "disabled": sa.cast(flavors.c.disabled, sa.Integer),
    "ephemeral_gb": flavors.c.ephemeral,
    "flavorid": flavors.c.id,
    "id": flavors.c.created_at,
    "is_public": sa.cast(flavors.c.is_public, sa.Integer),
    "memory_mb": flavors.c.ram,
    "name": flavors.c.name,
    "root_gb": flavors.c.disk,
    "rxtx_factor": flavors.c.rxtx_factor,
    "swap": flavors.c.swap,
    "updated_at": flavors.c.updated_at,
    "vcpu_weight": sa.literal(0),
    "vcpus": flavors.c.vcpus,
}


@dataclass(frozen=True, slots=True)
class FlavorList:
    """Which flavors, in which order. `public` None is all of them; True includes what `project_id` may use."""

    project_id: str | None = None
    public: bool | None = True
    least_ram: int | None = None
    least_disk: int | None = None
    name: str | None = None
    sort: str = "flavorid"
    direction: Direction = "asc"
    marker: str | None = None
    limit: int | None = None


def search(tx: Tx, asked: FlavorList) -> list[Flavor]:
    """The flavors of a list. Raises Invalid for a marker that is no flavor."""
    sorts: list[Sort] = [(_COLUMNS[asked.sort], asked.direction), (flavors.c.id, asked.direction)]
    after = None if asked.marker is None else _values(tx, asked.marker, [column for column, _ in sorts])
    statement = sa.select(flavors).where(*_conditions(asked))
    return [from_row(row) for row in tx.all(sorted_page(statement, sorts, after=after, limit=asked.limit))]


def projects_of(tx: Tx, id: str) -> list[str]:
    """The projects that were let use a flavor."""
    rows = tx.all(sa.select(access.c.project_id).where(access.c.flavor_id == id).order_by(access.c.project_id))
    return [row.project_id for row in rows]


def _conditions(asked: FlavorList) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if asked.public:
        found.append(visible_to(asked.project_id))
    elif asked.public is not None:
        found.append(flavors.c.is_public.is_(False))
    if asked.least_ram is not None:
        found.append(flavors.c.ram >= asked.least_ram)
    if asked.least_disk is not None:
        found.append(flavors.c.disk >= asked.least_disk)
    if asked.name is not None:
        found.append(flavors.c.name.contains(asked.name, autoescape=True))
    return found


def _values(tx: Tx, marker: str, columns: list[sa.ColumnElement[Any]]) -> tuple[Any, ...]:
    row = tx.one(sa.select(*columns).where(flavors.c.id == marker))
    if row is None:
        raise Invalid(f"marker [{marker}] not found")
    return tuple(row)
