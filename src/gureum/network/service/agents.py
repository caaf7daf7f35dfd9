"""Agents: the network's part on each host, alive as long as the host's agent is connected."""

import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.link.tables import agents as table
from gureum.kernel.store.tx import Tx
from gureum.network.faults import agent_not_found
from gureum.network.service import access

_NAMESPACE = uuid.UUID("6a1c3d0e-9b1f-4a57-8f1e-0c6f0e2f7f11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A host's agent."""

    id: str
    host: str
    alive: bool
    created_at: int
    started_at: int
    heartbeat_at: int


def select(tx: Tx, caller: Caller) -> list[Agent]:
    """The agents of all hosts, for those who may see them; nothing for others."""
    if not access.allows(caller, "get_agent", {}):
        return []
    rows = tx.all(sa.select(table).order_by(table.c.name))
    return [
        Agent(
            id=str(uuid.uuid5(_NAMESPACE, row.name)),
            host=row.name,
            alive=row.up,
            created_at=row.created_at,
            started_at=row.changed_at if row.up else row.created_at,
            heartbeat_at=clock.now() if row.up else row.changed_at,
        )
        for row in rows
        if "host" in row.roles
    ]


def get(tx: Tx, caller: Caller, id: str) -> Agent:
    """An agent. Raises NotFound."""
    for agent in select(tx, caller):
        if agent.id == id:
            return agent
    raise agent_not_found(id)
