"""Sessions as rows and events: who is connected, with which roles."""

import sqlalchemy as sa

from gureum.contracts.frames import Hello
from gureum.kernel import clock
from gureum.kernel.events import events
from gureum.kernel.link.news import AgentDown, AgentUp
from gureum.kernel.link.tables import agents
from gureum.kernel.store.tx import Tx


def opened(tx: Tx, hello: Hello) -> None:
    """Record that an agent is here. A newer epoch replaces an older one."""
    now = clock.now()
    values = {
        "epoch": hello.epoch,
        "roles": list(hello.roles),
        "version": hello.version,
        "up": True,
        "changed_at": now,
    }
    if not tx.update(agents, {"name": hello.agent}, **values):
        tx.insert(agents, name=hello.agent, created_at=now, **values)
    events.emit(tx, AgentUp(hello.agent, hello.roles, hello.inventory))


def closed(tx: Tx, name: str, epoch: int) -> None:
    """Record that an agent's session ended, unless a newer one stands."""
    row = tx.one(sa.select(agents).where(agents.c.name == name, agents.c.epoch == epoch, agents.c.up))
    if row is not None:
        tx.update(agents, {"name": name}, up=False, changed_at=clock.now())
        events.emit(tx, AgentDown(name, tuple(row.roles)))


def all_down(tx: Tx) -> None:
    """At start nobody is connected yet, whatever the rows say."""
    for row in tx.all(sa.select(agents).where(agents.c.up)):
        closed(tx, row.name, row.epoch)
