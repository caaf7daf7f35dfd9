"""What of volumes should be outside, for whoever compares rows with the world."""

import sqlalchemy as sa

from gureum.block_storage.store.volumes import volumes
from gureum.kernel.existing import Existing
from gureum.kernel.store.tx import Tx


def existing(tx: Tx) -> Existing:
    """Volumes that can be used must be there."""
    rows = tx.all(sa.select(volumes.c.id, volumes.c.status))
    usable = {row.id for row in rows if row.status in ("available", "in-use", "reserved", "attaching", "detaching")}
    return Existing({"volume": {row.id for row in rows}}, {"volume": usable})
