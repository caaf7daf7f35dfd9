"""Lists of images: one query, and one more for tags and properties."""

from typing import Any

import sqlalchemy as sa

from gureum.image.image import Image
from gureum.image.search import Comparison, Page, Search
from gureum.image.store.images import labelled, loaded
from gureum.image.store.tables import images, members
from gureum.kernel.clock import SECOND
from gureum.kernel.store.query import Sort, sorted_page
from gureum.kernel.store.tx import Tx

Condition = sa.ColumnElement[bool]


def search(
    tx: Tx, wanted: Search, page: Page, project_id: str | None, *, everybody: bool, reach: Condition
) -> list[Image]:
    """A page of the images that a project sees; with `everybody`, of all projects' images; of these, those within `reach`.

    The marker must exist.
    """
    statement = sa.select(images).where(*_filters(wanted), _community(wanted.visibility, project_id), reach)
    if not everybody:
        statement = statement.where(_seen(project_id, wanted.member_status))
    sorts: list[Sort] = [(images.c[name], direction) for name, direction in page.sorts]
    after: list[Any] | None = None
    if page.marker is not None:
        row = tx.one(sa.select(images).where(images.c.id == page.marker))
        after = None if row is None else [row._mapping[name] for name, _ in page.sorts]
    return loaded(tx, tx.all(sorted_page(statement, sorts, after=after, limit=page.limit)))


def _filters(wanted: Search) -> list[Condition]:
    found: list[Condition] = [images.c.hidden == wanted.hidden]
    found += [images.c[name] == value for name, value in wanted.equal.items()]
    found += [images.c[name].in_(values) for name, values in wanted.among.items()]
    found += [images.c[name] >= least for name, least in wanted.least.items()]
    found += [images.c[name] <= most for name, most in wanted.most.items()]
    found += [_compared(images.c[name] // SECOND, how, when // SECOND) for name, how, when in wanted.times]
    found.append(labelled(wanted.tags, wanted.properties))
    if wanted.visibility not in (None, "all"):
        found.append(images.c.visibility == wanted.visibility)
    return found


def _compared(column: sa.ColumnElement[int], how: Comparison, when: int) -> Condition:
    match how:
        case "eq":
            return column == when
        case "neq":
            return column != when
        case "gt":
            return column > when
        case "gte":
            return column >= when
        case "lt":
            return column < when
        case "lte":
            return column <= when


def _community(visibility: str | None, project_id: str | None) -> Condition:
    """Without a word about visibility, what others offer to all is left out."""
    if visibility is not None:
        return sa.true()
    others = images.c.visibility != "community"
    return others if project_id is None else sa.or_(images.c.owner == project_id, others)


def _seen(project_id: str | None, member_status: str) -> Condition:
    everywhere = images.c.visibility.in_(("public", "community"))
    if project_id is None:
        return everywhere
    mine = sa.select(members.c.image_id).where(members.c.member_id == project_id)
    if member_status != "all":
        mine = mine.where(members.c.status == member_status)
    shared = sa.and_(images.c.visibility == "shared", images.c.id.in_(mine))
    return sa.or_(everywhere, images.c.owner == project_id, shared)
