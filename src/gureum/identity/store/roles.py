"""Roles, what they imply, and who has them where."""

from collections.abc import Iterable

import sqlalchemy as sa

from gureum.identity.store.epoch import watched
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

NO_DOMAIN = "<<null>>"

roles = sa.Table(
    "roles",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("domain_id", sa.String(64), nullable=False, server_default=NO_DOMAIN),
    sa.Column("description", sa.Text),
    sa.Column("options", sa.JSON, nullable=False),
    sa.Column("extra", sa.JSON, nullable=False),
    sa.UniqueConstraint("domain_id", "name"),
    info=watched("role"),
)

implied_roles = sa.Table(
    "implied_roles",
    metadata,
    sa.Column("prior_id", sa.String(64), primary_key=True),
    sa.Column("implied_id", sa.String(64), primary_key=True),
    info=watched("implied_role"),
)

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
    info=watched("role_assignment"),
)
"""actor_kind: user or group; target_kind: project, domain or system (whose id is "system")."""

groups = sa.Table(
    "groups",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("domain_id", sa.String(64), nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("extra", sa.JSON, nullable=False),
    sa.UniqueConstraint("domain_id", "name"),
    info=watched("group"),
)

memberships = sa.Table(
    "group_memberships",
    metadata,
    sa.Column("group_id", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(64), primary_key=True, index=True),
    info=watched("group_membership"),
)

SYSTEM_ID = "system"


def held(tx: Tx, user_id: str, targets: Iterable[tuple[str, str, bool]]) -> list[tuple[str, str]]:
    """The roles (id, name) that a user has, by themself or by group, on any of `targets` (kind, id, inherited), with what
    those imply, by name."""
    own_groups = sa.select(memberships.c.group_id).where(memberships.c.user_id == user_id)
    wheres = [
        sa.and_(assignments.c.target_kind == kind, assignments.c.target_id == id, assignments.c.inherited == inherited)
        for kind, id, inherited in targets
    ]
    rows = tx.all(
        sa.select(assignments.c.role_id)
        .distinct()
        .where(
            sa.or_(*wheres),
            sa.or_(
                sa.and_(assignments.c.actor_kind == "user", assignments.c.actor_id == user_id),
                sa.and_(assignments.c.actor_kind == "group", assignments.c.actor_id.in_(own_groups)),
            ),
        )
    )
    found = with_implied(tx, {row.role_id for row in rows})
    if not found:
        return []
    named = tx.all(sa.select(roles.c.id, roles.c.name).where(roles.c.id.in_(found)).order_by(roles.c.name))
    return [(row.id, row.name) for row in named]


def with_implied(tx: Tx, ids: set[str]) -> set[str]:
    """The roles and all that they imply, at any depth."""
    if not ids:
        return ids
    implied: dict[str, list[str]] = {}
    for row in tx.all(sa.select(implied_roles)):
        implied.setdefault(row.prior_id, []).append(row.implied_id)
    found, left = set(ids), list(ids)
    while left:
        for one in implied.get(left.pop(), ()):
            if one not in found:
                found.add(one)
                left.append(one)
    return found
