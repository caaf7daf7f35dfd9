"""Forgetting servers that were, and what was done to them."""

from collections.abc import Callable

import sqlalchemy as sa

from gureum.compute.store.actions import actions, events
from gureum.compute.store.servers import past, servers
from gureum.kernel import clock
from gureum.kernel.clock import Micros
from gureum.kernel.store.tx import Tx

_MOST_AT_ONCE = 1000


def forget_servers(age: Micros) -> Callable[[Tx], int]:
    """A job that drops servers deleted longer than `age` ago, with their instance actions."""

    def job(tx: Tx) -> int:
        old = sa.select(past.c.id).where(past.c.terminated_at < clock.now() - age).limit(_MOST_AT_ONCE)
        forgotten = tx.execute(past.delete().where(past.c.id.in_(old)))
        known = sa.union_all(sa.select(servers.c.id), sa.select(past.c.id))
        orphans = (
            sa.select(actions.c.id)
            .where(actions.c.updated_at < clock.now() - age, actions.c.server_id.not_in(known))
            .limit(_MOST_AT_ONCE)
        )
        tx.execute(events.delete().where(events.c.action_id.in_(orphans)))
        return forgotten + tx.execute(actions.delete().where(actions.c.id.in_(orphans)))

    return job
