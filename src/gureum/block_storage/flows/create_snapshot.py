"""Makes a snapshot: has the pool's agent copy what the volume holds."""

from gureum.block_storage.store import snapshots
from gureum.contracts.message import Message
from gureum.contracts.volumes import EnsureSnapshot, RemoveSnapshot
from gureum.kernel.clock import minutes
from gureum.kernel.faults import Fault
from gureum.kernel.flow import Ask, Done, Flow, Move, Target, step
from gureum.kernel.store.tx import Tx


class CreateSnapshot(Flow):
    """The subject is the snapshot's id."""

    subject_kind = "volume_snapshot"

    @step
    def start(self, tx: Tx) -> Move:
        """Ask the agent of the volume's pool."""
        snapshot = snapshots.find(tx, self.subject)
        if snapshot is None:
            return Done()
        body = EnsureSnapshot(snapshot_id=snapshot.id, volume_id=snapshot.volume_id)
        bodies = [("volume_snapshot", snapshot.id, body)]
        return Ask(Target(agent=snapshot.agent), bodies, then=self.made, silent=minutes(10))

    @step
    def made(self, tx: Tx, answer: Message) -> Move:
        """It is there."""
        snapshots.change(tx, self.subject, status="available", fault=None)
        return Done()

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """Say why, and have what there may be of it taken away."""
        snapshot = snapshots.find(tx, self.subject)
        if snapshot is None:
            return Done()
        snapshots.change(tx, snapshot.id, status="error", fault=fault.message)
        bodies = [("volume_snapshot", snapshot.id, RemoveSnapshot(snapshot_id=snapshot.id))]
        return Ask(Target(agent=snapshot.agent), bodies, then=self.gone, insist=True)

    @step
    def gone(self, tx: Tx, answer: Message) -> Move:
        """Nothing is left outside: the snapshot is in no pool."""
        snapshots.change(tx, self.subject, agent=None)
        return Done()
