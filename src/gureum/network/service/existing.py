"""What of networks should be outside, for whoever compares rows with the world."""

import sqlalchemy as sa

from gureum.kernel.existing import Existing
from gureum.kernel.store.tx import Tx
from gureum.network.store.networks import networks
from gureum.network.store.ports import ports
from gureum.network.store.routers import routers
from gureum.network.store.security_groups import groups


def existing(tx: Tx) -> Existing:
    """Networks, routers, security groups and the ports of guests must be there; other ports may."""
    tables = {"network": networks, "port": ports, "router": routers, "security_group": groups}
    known = {kind: {row.id for row in tx.all(sa.select(table.c.id))} for kind, table in tables.items()}
    guests = tx.all(sa.select(ports.c.id).where(ports.c.device_owner.startswith("compute:")))
    return Existing(known, known | {"port": {row.id for row in guests}})
