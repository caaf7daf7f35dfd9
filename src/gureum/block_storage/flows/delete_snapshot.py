"""Takes a snapshot away, whatever was going on with it: first the bytes, then the row, and with it the quota it used."""

from gureum.block_storage.store import snapshots
from gureum.contracts.message import Message
from gureum.contracts.volumes import RemoveSnapshot
from gureum.kernel.clock import minutes
from gureum.kernel.faults import Fault
from gureum.kernel.flow import Ask, Done, Flow, Move, Target, WhenBusy, step
from gureum.kernel.store.tx import Tx

_SILENT = minutes(24 * 60)
"""How long a pool's agent may be away before the deletion is given up; it may be asked for again then."""


class DeleteSnapshot(Flow):
    """The subject is the snapshot's id."""

    subject_kind = "volume_snapshot"
    when_busy = WhenBusy.TAKE_OVER

    @step
    def start(self, tx: Tx) -> Move:
        """Ask the pool's agent; a snapshot that is in no pool just ends."""
        snapshot = snapshots.find(tx, self.subject)
        if snapshot is None or snapshot.agent is None:
            snapshots.remove(tx, self.subject)
            return Done()
        bodies = [("volume_snapshot", snapshot.id, RemoveSnapshot(snapshot_id=snapshot.id))]
        return Ask(Target(agent=snapshot.agent), bodies, then=self.gone, silent=_SILENT)

    @step
    def gone(self, tx: Tx, answer: Message) -> Move:
        """Forget it."""
        snapshots.remove(tx, self.subject)
        return Done()

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """The bytes are still there: so is the snapshot, with the reason."""
        snapshots.change(tx, self.subject, status="error_deleting", fault=fault.message)
        return Done()
