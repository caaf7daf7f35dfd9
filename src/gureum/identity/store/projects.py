"""Projects and domains, in one table, as upstream has them."""

from collections.abc import Iterable
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.identity.project import Project
from gureum.identity.role import TargetKind
from gureum.identity.store.epoch import watched
from gureum.identity.store.listing import Listing, listed
from gureum.kernel.faults import NotFound
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

NO_DOMAIN = "<<domains>>"
"""Stands as a domain's own domain, so that domain names are unique among themselves."""

_DEEPEST = 32

projects = sa.Table(
    "projects",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("domain_id", sa.String(64), nullable=False),
    sa.Column("parent_id", sa.String(64), index=True),
    sa.Column("is_domain", sa.Boolean, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("tags", sa.JSON, nullable=False),
    sa.Column("options", sa.JSON, nullable=False),
    sa.Column("extra", sa.JSON, nullable=False),
    sa.UniqueConstraint("domain_id", "name"),
    info=watched("project"),
)


def from_row(row: Row[Any]) -> Project:
    """The domain object of a row."""
    values = dict(row._mapping)
    if row.domain_id == NO_DOMAIN:
        values["domain_id"] = None
    return Project(**values)


def find(tx: Tx, id: str, *, domain: bool = False) -> Project | None:
    """A project (or a domain) by id, or None."""
    row = tx.one(sa.select(projects).where(projects.c.id == id, projects.c.is_domain == domain))
    return None if row is None else from_row(row)


def get(tx: Tx, id: str, *, domain: bool = False) -> Project:
    """A project (or a domain) by id. Raises NotFound."""
    found = find(tx, id, domain=domain)
    if found is None:
        raise NotFound(f"Could not find {'domain' if domain else 'project'}: {id}.")
    return found


def find_by_name(tx: Tx, name: str, domain_id: str | None) -> Project | None:
    """A project of a domain by name; a domain where `domain_id` is None."""
    row = tx.one(sa.select(projects).where(projects.c.name == name, projects.c.domain_id == (domain_id or NO_DOMAIN)))
    return None if row is None else from_row(row)


def search(tx: Tx, listing: Listing, *wheres: sa.ColumnElement[bool], domains: bool = False) -> list[Project]:
    """The projects (or domains) that a list request means. Raises NotFound for a marker that is none."""
    if listing.marker is not None and find(tx, listing.marker, domain=domains) is None:
        raise NotFound(f"Marker {listing.marker} could not be found.")
    statement = listed(projects, listing).where(projects.c.is_domain == domains, *wheres)
    return [from_row(row) for row in tx.all(statement)]


def tagged(tag: str) -> sa.ColumnElement[bool]:
    """The condition that a project has a tag."""
    kept = sa.cast(projects.c.tags, sa.Text)
    # LIKE ignores case on SQLite; what replacing does not change does not hold the tag
    return sa.func.replace(kept, msgspec.json.encode(tag).decode(), "") != kept


def among(ids: Iterable[str]) -> sa.ColumnElement[bool]:
    """The condition that a project is one of these."""
    return projects.c.id.in_(list(ids))


def of_domains(ids: Iterable[str]) -> sa.ColumnElement[bool]:
    """The condition that a project belongs to one of these domains."""
    return projects.c.domain_id.in_(list(ids))


def below(tx: Tx, *ids: str) -> list[Project]:
    """Every project below these, at any depth."""
    tree = sa.select(projects.c.id).where(projects.c.parent_id.in_(ids)).cte("tree", recursive=True)
    tree = tree.union(sa.select(projects.c.id).join(tree, projects.c.parent_id == tree.c.id))
    rows = tx.all(sa.select(projects).where(projects.c.id.in_(sa.select(tree.c.id))).order_by(projects.c.id))
    return [from_row(row) for row in rows]


def ancestors(tx: Tx, project: Project) -> list[Project]:
    """The projects above one, nearest first, without the domain."""
    found: list[Project] = []
    parent = None if project.parent_id is None else find(tx, project.parent_id)
    while parent is not None and len(found) < _DEEPEST:
        found.append(parent)
        parent = None if parent.parent_id is None else find(tx, parent.parent_id)
    return found


def has_children(tx: Tx, id: str) -> bool:
    """Whether there are projects below one."""
    return tx.one(sa.select(projects.c.id).where(projects.c.parent_id == id).limit(1)) is not None


def above(tx: Tx, id: str) -> list[tuple[TargetKind, str]]:
    """What a project inherits roles from: its ancestors and its domain, as (kind, id)."""
    found: list[tuple[TargetKind, str]] = []
    row = tx.one(sa.select(projects.c.parent_id, projects.c.domain_id).where(projects.c.id == id))
    while row is not None and row.parent_id is not None and len(found) < _DEEPEST:
        kind = "domain" if row.parent_id == row.domain_id else "project"
        found.append((kind, row.parent_id))
        row = tx.one(sa.select(projects.c.parent_id, projects.c.domain_id).where(projects.c.id == row.parent_id))
    return found


def add(tx: Tx, project: Project) -> None:
    """Keep a new project."""
    tx.insert(projects, **_columns(project))


def save(tx: Tx, project: Project) -> None:
    """Keep a project as it is now."""
    values = _columns(project)
    tx.update(projects, {"id": values.pop("id")}, **values)


def change(tx: Tx, id: str, **values: Any) -> None:
    """Change columns of a project."""
    tx.update(projects, {"id": id}, **values)


def remove(tx: Tx, id: str) -> None:
    """Forget a project."""
    tx.delete(projects, id=id)


def _columns(project: Project) -> dict[str, Any]:
    return {
        "id": project.id,
        "name": project.name,
        "domain_id": project.domain_id or NO_DOMAIN,
        "parent_id": project.parent_id,
        "is_domain": project.is_domain,
        "enabled": project.enabled,
        "description": project.description,
        "tags": project.tags,
        "options": project.options,
        "extra": project.extra,
    }
