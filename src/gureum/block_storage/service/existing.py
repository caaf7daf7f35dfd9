"""What of volumes should be outside, for whoever compares rows with the world."""

import sqlalchemy as sa

from gureum.block_storage.flows.discard import DiscardSnapshot, DiscardVolume
from gureum.block_storage.store.attachments import attachments
from gureum.block_storage.store.snapshots import snapshots
from gureum.block_storage.store.volumes import volumes
from gureum.block_storage.volume import OFFERED, RESTING, status_of
from gureum.kernel.existing import Existing, Stray, moving
from gureum.kernel.flow import intend
from gureum.kernel.store.tx import Tx


def existing(tx: Tx) -> Existing:
    """Volumes and snapshots that can be used must be there."""
    rows = tx.all(sa.select(volumes.c.id, volumes.c.status))
    kept = tx.all(sa.select(snapshots.c.id, snapshots.c.status))
    usable = {row.id for row in rows if row.status in (*RESTING, OFFERED)}
    whole = {row.id for row in kept if row.status == "available"}
    return Existing(
        {"volume": {row.id for row in rows}, "volume_snapshot": {row.id for row in kept}},
        {"volume": usable, "volume_snapshot": whole},
    )


def discard(tx: Tx, kind: str, id: str, agent: str) -> bool:
    """Have a pool's agent throw away what has no row."""
    flow = {"volume": DiscardVolume, "volume_snapshot": DiscardSnapshot}.get(kind)
    if flow is not None:
        intend(tx, flow, id, agent=agent)
    return flow is not None


def restore(tx: Tx, kind: str, id: str) -> bool:
    """Bytes that are gone are gone."""
    return False


def astray(tx: Tx) -> list[Stray]:
    """Volumes that are said to be held and are not, or the other way round."""
    return [
        Stray("volume", id, f"volume {id} is {status}, but its attachments make it {right}")
        for id, status, right in _contradictions(tx)
    ]


def settle(tx: Tx, kind: str, id: str) -> bool:
    """Believe the attachments."""
    for volume_id, _, right in _contradictions(tx):
        if kind == "volume" and volume_id == id:
            return bool(tx.update(volumes, {"id": id}, status=right))
    return False


def _contradictions(tx: Tx) -> list[tuple[str, str, str]]:
    """(volume, its state, the state that its attachments make) where these differ and nothing is under way."""
    held: dict[str, list[str]] = {}
    for row in tx.all(sa.select(attachments.c.volume_id, attachments.c.status)):
        held.setdefault(row.volume_id, []).append(row.status)
    busy = moving(tx)
    names = (volumes.c.id, volumes.c.status, volumes.c.multiattach)
    rows = [
        row for row in tx.all(sa.select(*names).where(volumes.c.status.in_(RESTING))) if ("volume", row.id) not in busy
    ]
    found = [(row.id, row.status, status_of(held.get(row.id, []), shared=row.multiattach)) for row in rows]
    return [one for one in found if one[1] != one[2]]
