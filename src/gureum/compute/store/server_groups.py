"""Server groups. Whose member a server is stands in the server's own row."""

from typing import Any

import sqlalchemy as sa

from gureum.compute.server_group import ServerGroup
from gureum.compute.store.servers import servers
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

groups = sa.Table(
    "server_groups",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("project_id", sa.String(64), nullable=False),
    sa.Column("user_id", sa.String(64), nullable=False),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("policy", sa.String(32), nullable=False),
    sa.Column("rules", sa.JSON, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Index("ix_server_groups_project_id", "project_id", "created_at", "id"),
    info={"journal": "server group"},
)


def find(tx: Tx, id: str) -> ServerGroup | None:
    """A group, or None."""
    found = _with_members(tx, sa.select(groups).where(groups.c.id == id))
    return found[0] if found else None


def of_project(tx: Tx, project_id: str | None, limit: int, offset: int) -> list[ServerGroup]:
    """A part of a project's groups (everybody's for None), oldest first."""
    statement = sa.select(groups).order_by(groups.c.created_at, groups.c.id).limit(limit).offset(offset)
    if project_id is not None:
        statement = statement.where(groups.c.project_id == project_id)
    return _with_members(tx, statement)


def _with_members(tx: Tx, statement: sa.Select[Any]) -> list[ServerGroup]:
    rows = tx.all(statement)
    ids = [row.id for row in rows]
    members: dict[str, list[str]] = {id: [] for id in ids}
    held = sa.select(servers.c.group_id, servers.c.id).where(servers.c.group_id.in_(ids)).order_by(servers.c.number)
    for row in tx.all(held) if ids else ():
        members[row.group_id].append(row.id)
    return [ServerGroup(**row._mapping, members=members[row.id]) for row in rows]


def count(tx: Tx, project_id: str) -> int:
    """How many groups a project has."""
    return tx.count(sa.select(groups.c.id).where(groups.c.project_id == project_id))


def on_hosts(tx: Tx, group_id: str, without: str) -> dict[str, int]:
    """How many of a group's servers each host has; the server `without` is not counted."""
    rows = tx.all(
        sa.select(servers.c.host, sa.func.count().label("number"))
        .where(servers.c.group_id == group_id, servers.c.host.is_not(None), servers.c.id != without)
        .group_by(servers.c.host)
    )
    return {row.host: row.number for row in rows}


def add(tx: Tx, group: ServerGroup) -> None:
    """Keep a new group."""
    tx.insert(groups, **{column.name: getattr(group, column.name) for column in groups.columns})


def remove(tx: Tx, id: str) -> None:
    """Forget a group; its servers stay, in none."""
    for row in tx.all(sa.select(servers.c.id).where(servers.c.group_id == id)):
        tx.update(servers, {"id": row.id}, group_id=None)
    tx.delete(groups, id=id)
