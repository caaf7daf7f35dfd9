"""Takes away the bytes of a volume or a snapshot that has no row, where an operator found them. `args`: agent."""

from gureum.block_storage.store import snapshots, volumes
from gureum.contracts.message import Message
from gureum.contracts.volumes import RemoveSnapshot, RemoveVolume
from gureum.kernel.faults import Fault
from gureum.kernel.flow import Ask, Done, Flow, Move, Target, step
from gureum.kernel.store.tx import Tx


class _Discard(Flow):
    """What both have in common."""

    subject_kind = "volume"

    def owned(self, tx: Tx) -> bool:
        """Whether somebody owns it after all."""
        raise NotImplementedError

    def removal(self) -> Message:
        """What its agent is asked."""
        raise NotImplementedError

    @step
    def start(self, tx: Tx) -> Move:
        """Ask its agent, unless somebody owns it."""
        if self.owned(tx):
            return Done()
        asked = [(self.subject_kind, self.subject, self.removal())]
        return Ask(Target(agent=self.args["agent"]), asked, then=self.gone)

    @step
    def gone(self, tx: Tx, answer: Message) -> Move:
        """Nothing is left."""
        return Done()

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """It is still there, and will be found again."""
        return Done()


class DiscardVolume(_Discard):
    """The subject is the volume's id."""

    def owned(self, tx: Tx) -> bool:
        return volumes.find(tx, self.subject) is not None

    def removal(self) -> Message:
        return RemoveVolume(volume_id=self.subject)


class DiscardSnapshot(_Discard):
    """The subject is the snapshot's id."""

    subject_kind = "volume_snapshot"

    def owned(self, tx: Tx) -> bool:
        return snapshots.find(tx, self.subject) is not None

    def removal(self) -> Message:
        return RemoveSnapshot(snapshot_id=self.subject)
