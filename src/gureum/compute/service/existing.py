"""What of servers should be outside, for whoever compares rows with the world."""

import sqlalchemy as sa

from gureum.compute.store.servers import servers
from gureum.kernel.existing import Existing
from gureum.kernel.store.tx import Tx


def existing(tx: Tx) -> Existing:
    """Servers that were built must be there."""
    rows = tx.all(sa.select(servers.c.id, servers.c.vm_state))
    built = {row.id for row in rows if row.vm_state in ("active", "stopped", "paused", "suspended")}
    return Existing({"server": {row.id for row in rows}}, {"server": built})
