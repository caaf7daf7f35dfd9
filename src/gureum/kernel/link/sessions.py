"""Sessions as rows and events: who is connected, with which roles, and which control process holds the session.

Control processes are numbered from 1. An agent's session number rises with each session; only the newest delivers.
"""

import sqlalchemy as sa

from gureum.contracts.frames import Hello
from gureum.kernel import clock
from gureum.kernel.events import events
from gureum.kernel.link.news import AgentDown, AgentUp
from gureum.kernel.link.tables import agents
from gureum.kernel.store.tx import Tx


def opened(tx: Tx, hello: Hello, process: int = 1) -> int:
    """Record that an agent is here, and return its session's number. A newer session replaces an older one.

    Raises ConnectionError where a newer process of the agent is connected.
    """
    now = clock.now()
    row = tx.one(sa.select(agents).where(agents.c.name == hello.agent))
    if row is not None and row.up and row.epoch > hello.epoch:
        raise ConnectionError("a newer process of this agent is connected")
    session: int = 1 if row is None else row.session + 1
    values = {
        "epoch": hello.epoch,
        "session": session,
        "process": process,
        "roles": list(hello.roles),
        "version": hello.version,
        "up": True,
        "changed_at": now,
    }
    if row is None:
        tx.insert(agents, name=hello.agent, created_at=now, **values)
    else:
        tx.update(agents, {"name": hello.agent}, **values)
    events.emit(tx, AgentUp(hello.agent, hello.roles, hello.inventory))
    return session


def closed(tx: Tx, name: str, session: int) -> None:
    """Record that an agent's session ended, unless a newer one stands."""
    row = tx.one(sa.select(agents).where(agents.c.name == name, agents.c.session == session, agents.c.up))
    if row is not None:
        tx.update(agents, {"name": name}, up=False, changed_at=clock.now())
        events.emit(tx, AgentDown(name, tuple(row.roles)))


def newest(tx: Tx, name: str, session: int) -> bool:
    """Whether no newer session of the agent was opened, in whichever process."""
    return tx.peek(sa.select(agents.c.name).where(agents.c.name == name, agents.c.session == session)) is not None


def holder(tx: Tx, agent: str | None, role: str | None) -> tuple[str, int] | None:
    """An agent of this name, or one with the role, and the process that holds its session; None when none is connected."""
    for row in tx.all(sa.select(agents).where(agents.c.up).order_by(agents.c.name)):
        if row.name == agent or (role is not None and role in row.roles):
            return row.name, row.process
    return None


def all_down(tx: Tx, process: int = 1, processes: int = 1) -> None:
    """At its start a process holds no session, whatever the rows say; nor do those that are not started any more."""
    mine = sa.or_(agents.c.process == process, agents.c.process > processes)
    for row in tx.all(sa.select(agents).where(agents.c.up, mine)):
        closed(tx, row.name, row.session)
