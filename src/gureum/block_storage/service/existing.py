"""What of volumes should be outside, for whoever compares rows with the world."""

import sqlalchemy as sa

from gureum.block_storage.store.snapshots import snapshots
from gureum.block_storage.store.volumes import volumes
from gureum.kernel.existing import Existing
from gureum.kernel.store.tx import Tx


def existing(tx: Tx) -> Existing:
    """Volumes and snapshots that can be used must be there."""
    rows = tx.all(sa.select(volumes.c.id, volumes.c.status))
    kept = tx.all(sa.select(snapshots.c.id, snapshots.c.status))
    usable = {row.id for row in rows if row.status in ("available", "in-use", "reserved", "attaching", "detaching")}
    whole = {row.id for row in kept if row.status == "available"}
    return Existing(
        {"volume": {row.id for row in rows}, "volume_snapshot": {row.id for row in kept}},
        {"volume": usable, "volume_snapshot": whole},
    )
