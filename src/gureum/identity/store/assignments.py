"""Who has which role where."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from gureum.identity.role import ActorKind, Assignment, TargetKind
from gureum.identity.store import groups
from gureum.identity.store.epoch import watched
from gureum.identity.store.projects import projects
from gureum.identity.store.roles import named, with_implied
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

assignments = sa.Table(
    "role_assignments",
    metadata,
    sa.Column("actor_kind", sa.String(8), primary_key=True),
    sa.Column("actor_id", sa.String(64), primary_key=True),
    sa.Column("target_kind", sa.String(8), primary_key=True),
    sa.Column("target_id", sa.String(64), primary_key=True),
    sa.Column("role_id", sa.String(64), primary_key=True),
    sa.Column("inherited", sa.Boolean, primary_key=True),
    sa.Index("ix_role_assignments_target", "target_kind", "target_id"),
    sa.Index("ix_role_assignments_role", "role_id"),
    info=watched("role_assignment"),
)

SYSTEM_ID = "system"
"""Stands as the id of the one target of kind system."""


def exists(tx: Tx, assignment: Assignment) -> bool:
    """Whether the assignment is there."""
    wheres = [assignments.c[name] == value for name, value in _columns(assignment).items()]
    return tx.one(sa.select(assignments.c.role_id).where(*wheres)) is not None


def add(tx: Tx, assignment: Assignment) -> None:
    """Make an assignment; nothing when it is there."""
    if not exists(tx, assignment):
        tx.insert(assignments, **_columns(assignment))


def remove(tx: Tx, assignment: Assignment) -> bool:
    """Take an assignment away; False when it was not there."""
    return tx.delete(assignments, **_columns(assignment)) > 0


def remove_role(tx: Tx, role_id: str) -> None:
    """Take a role from everybody."""
    tx.delete(assignments, role_id=role_id)


def remove_actor(tx: Tx, kind: ActorKind, id: str) -> None:
    """Take every role from a user or group."""
    tx.delete(assignments, actor_kind=kind, actor_id=id)


def remove_target(tx: Tx, kind: TargetKind, id: str) -> None:
    """Take every role on a project or domain from everybody."""
    tx.delete(assignments, target_kind=kind, target_id=id)


def search(tx: Tx, *wheres: sa.ColumnElement[bool], **equal: Any) -> list[Assignment]:
    """Assignments whose columns have the given values and meet the conditions, in the order of their keys."""
    wanted = [*wheres, *(assignments.c[name] == value for name, value in equal.items())]
    order = [column.asc() for column in assignments.primary_key.columns]
    return [Assignment(**row._mapping) for row in tx.all(sa.select(assignments).where(*wanted).order_by(*order))]


def of_user(user_id: str) -> sa.ColumnElement[bool]:
    """The condition that an assignment is a user's own or of one of the user's groups."""
    return sa.or_(
        sa.and_(assignments.c.actor_kind == "user", assignments.c.actor_id == user_id),
        sa.and_(assignments.c.actor_kind == "group", assignments.c.actor_id.in_(groups.of_user(user_id))),
    )


def on(targets: Iterable[tuple[TargetKind, str, bool]]) -> sa.ColumnElement[bool]:
    """The condition that an assignment counts on one of the targets: (kind, id, inherited)."""
    return sa.or_(
        *(
            sa.and_(
                assignments.c.target_kind == kind, assignments.c.target_id == id, assignments.c.inherited == inherited
            )
            for kind, id, inherited in targets
        )
    )


def targets_of_user(tx: Tx, user_id: str) -> list[tuple[TargetKind, str, bool]]:
    """Everything that a user has a role on, by themself or by group: (kind, id, inherited)."""
    rows = tx.all(
        sa.select(assignments.c.target_kind, assignments.c.target_id, assignments.c.inherited)
        .distinct()
        .where(of_user(user_id))
    )
    return [(row.target_kind, row.target_id, row.inherited) for row in rows]


def held(tx: Tx, user_id: str, targets: Iterable[tuple[TargetKind, str, bool]]) -> list[tuple[str, str]]:
    """The roles (id, name) that a user has, by themself or by group, on any of `targets` (kind, id, inherited), with what
    those imply, by name. Roles of a domain count only for what they imply."""
    rows = tx.all(sa.select(assignments.c.role_id).distinct().where(on(targets), of_user(user_id)))
    found = with_implied(tx, {row.role_id for row in rows})
    return [(role.id, role.name) for role in named(tx, found) if role.domain_id is None] if found else []


def in_domain(domain_id: str) -> sa.ColumnElement[bool]:
    """The condition that an assignment is on a domain or on a project in it."""
    inside = sa.select(projects.c.id).where(projects.c.domain_id == domain_id)
    return sa.or_(
        sa.and_(assignments.c.target_kind == "domain", assignments.c.target_id == domain_id),
        sa.and_(assignments.c.target_kind == "project", assignments.c.target_id.in_(inside)),
    )


def _columns(assignment: Assignment) -> dict[str, Any]:
    return {column.name: getattr(assignment, column.name) for column in assignments.columns}
