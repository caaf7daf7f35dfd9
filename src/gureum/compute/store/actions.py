"""Instance actions: what was done to a server, by whom, and how each part of it went. They outlive the server."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from gureum.kernel import clock
from gureum.kernel.clock import Micros
from gureum.kernel.store.query import sorted_page
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

actions = sa.Table(
    "server_actions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("server_id", sa.String(36), nullable=False),
    sa.Column("action", sa.String(64), nullable=False),
    sa.Column("request_id", sa.String(64), nullable=False),
    sa.Column("user_id", sa.String(64), nullable=False),
    sa.Column("project_id", sa.String(64)),
    sa.Column("message", sa.Text),
    sa.Column("started_at", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
    sa.Index("ix_server_actions_server_id", "server_id", "id"),
)

events = sa.Table(
    "server_action_events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("action_id", sa.Integer, nullable=False, index=True),
    sa.Column("event", sa.String(64), nullable=False),
    sa.Column("host", sa.String(255)),
    sa.Column("started_at", sa.BigInteger, nullable=False),
    sa.Column("finished_at", sa.BigInteger),
    sa.Column("result", sa.String(16)),
    sa.Column("details", sa.Text),
)


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that was done to a server."""

    id: int
    server_id: str
    action: str
    request_id: str
    user_id: str
    project_id: str | None
    message: str | None
    started_at: Micros
    updated_at: Micros


@dataclass(frozen=True, slots=True)
class Event:
    """A part of an action; `result` is Success or Error once it is finished, `details` what went wrong."""

    id: int
    action_id: int
    event: str
    host: str | None
    started_at: Micros
    finished_at: Micros | None
    result: str | None
    details: str | None


def begin(tx: Tx, server_id: str, action: str) -> int:
    """Keep that the transaction's caller begins an action; gives its number."""
    now, caller = clock.now(), tx.caller
    tx.insert(
        actions,
        server_id=server_id,
        action=action,
        request_id=caller.request_id,
        user_id=caller.user_id,
        project_id=caller.project_id,
        started_at=now,
        updated_at=now,
    )
    return tx.scalar(sa.select(sa.func.max(actions.c.id)).where(actions.c.server_id == server_id))


def start_event(tx: Tx, action_id: int | None, event: str, host: str | None = None) -> None:
    """A part of an action begins on a host; once only, however often it is said."""
    if action_id is None:
        return
    same = events.c.action_id == action_id, events.c.event == event, events.c.host.is_not_distinct_from(host)
    if tx.one(sa.select(events.c.id).where(*same)) is None:
        tx.insert(events, action_id=action_id, event=event, host=host, started_at=clock.now())
        tx.update(actions, {"id": action_id}, updated_at=clock.now())


def finish_events(tx: Tx, action_id: int | None, fault: str | None = None, host: str | None = None) -> None:
    """The unfinished parts of an action end, with `fault` where it came to nothing."""
    if action_id is None:
        return
    now = clock.now()
    values: dict[str, object] = {
        "finished_at": now,
        "result": "Success" if fault is None else "Error",
        "details": fault,
    }
    if host is not None:
        values["host"] = host
    tx.execute(events.update().where(events.c.action_id == action_id, events.c.finished_at.is_(None)).values(**values))
    tx.update(actions, {"id": action_id}, updated_at=now, **({"message": "Error"} if fault is not None else {}))


def latest(tx: Tx, server_id: str, action: str) -> int | None:
    """The number of a server's last action of a kind, or None."""
    return tx.scalar(
        sa.select(sa.func.max(actions.c.id)).where(actions.c.server_id == server_id, actions.c.action == action)
    )


def of_server(
    tx: Tx,
    server_id: str,
    *,
    since: Micros | None = None,
    before: Micros | None = None,
    marker: Action | None = None,
    limit: int | None = None,
) -> list[Action]:
    """A server's actions, the newest first."""
    statement = sa.select(actions).where(actions.c.server_id == server_id)
    if since is not None:
        statement = statement.where(actions.c.updated_at >= since)
    if before is not None:
        statement = statement.where(actions.c.updated_at <= before)
    after = None if marker is None else [marker.id]
    page = sorted_page(statement, [(actions.c.id, "desc")], after=after, limit=limit)
    return [Action(**row._mapping) for row in tx.all(page)]


def find(tx: Tx, server_id: str, request_id: str) -> Action | None:
    """A server's action by the request that caused it, or None."""
    row = tx.one(
        sa.select(actions)
        .where(actions.c.server_id == server_id, actions.c.request_id == request_id)
        .order_by(actions.c.id.desc())
    )
    return None if row is None else Action(**row._mapping)


def events_of(tx: Tx, action_ids: Sequence[int]) -> list[Event]:
    """The parts of actions, the latest first."""
    rows = tx.all(sa.select(events).where(events.c.action_id.in_(action_ids)).order_by(events.c.id.desc()))
    return [Event(**row._mapping) for row in rows]
