"""What things are called: for lists that show names beside ids."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from gureum.identity.role import Assignment
from gureum.identity.store import groups, projects, roles, users
from gureum.identity.store.projects import NO_DOMAIN
from gureum.kernel.store.tx import Tx

Key = tuple[str, str]
Known = dict[Key, dict[str, Any]]


def of_assignments(tx: Tx, assignments: Iterable[Assignment]) -> Known:
    """Name and domain of every user, group, project, domain and role that the assignments mention: a query a kind."""
    wanted: dict[str, set[str]] = {"user": set(), "group": set(), "project": set(), "domain": set(), "role": set()}
    for one in assignments:
        wanted[one.actor_kind].add(one.actor_id)
        wanted.setdefault(one.target_kind, set()).add(one.target_id)
        wanted["role"].add(one.role_id)
    tables = {"user": users.users, "group": groups.groups, "project": projects.projects, "role": roles.roles}
    rows = {kind: _rows(tx, table, wanted[kind]) for kind, table in tables.items()}
    domain_ids = wanted["domain"] | {row.domain_id for found in rows.values() for row in found}
    names = {row.id: row.name for row in _rows(tx, projects.projects, domain_ids)}
    known: Known = {("domain", id): {"name": name} for id, name in names.items()}
    for kind, found in rows.items():
        for row in found:
            known[kind, row.id] = {"name": row.name}
            if row.domain_id not in (NO_DOMAIN, roles.NO_DOMAIN):
                known[kind, row.id]["domain"] = {"id": row.domain_id, "name": names.get(row.domain_id)}
    return known


def of_users(tx: Tx, ids: Iterable[str]) -> dict[str, str]:
    """Names of users by their ids; those that are gone are not there."""
    return {row.id: row.name for row in _rows(tx, users.users, set(ids))}


def _rows(tx: Tx, table: sa.Table, ids: set[str]) -> list[Any]:
    if not ids:
        return []
    return list(tx.all(sa.select(table.c.id, table.c.name, table.c.domain_id).where(table.c.id.in_(ids))))
