"""Takes a volume away, whatever was going on with it: first the bytes, then the row, and with it the quota it used."""

from gureum.block_storage.flows.outside import asked
from gureum.block_storage.store import snapshots, volumes
from gureum.contracts.message import Message
from gureum.contracts.volumes import RemoveVolume
from gureum.kernel.clock import minutes, seconds
from gureum.kernel.faults import Conflict, Fault
from gureum.kernel.flow import Ask, Done, Flow, Move, Nap, WhenBusy, step
from gureum.kernel.store.tx import Tx

_LOOK_AGAIN = seconds(0.2)
_SILENT = minutes(24 * 60)
"""How long a pool's agent may be away before the deletion is given up; it may be asked for again then."""


class DeleteVolume(Flow):
    """The subject is the volume's id."""

    subject_kind = "volume"
    when_busy = WhenBusy.TAKE_OVER

    @step
    def start(self, tx: Tx) -> Move:
        """Once its snapshots are gone, ask the pool's agent; a volume that is in no pool just ends."""
        left = snapshots.of_volume(tx, self.subject)
        for one in left:
            if one.status == "error_deleting":
                raise Conflict(one.fault or "A snapshot of the volume could not be deleted.")
        if left:
            return Nap(_LOOK_AGAIN, self.start)
        volume = volumes.find(tx, self.subject)
        if volume is None or volume.agent is None:
            volumes.remove(tx, self.subject)
            return Done()
        body = RemoveVolume(volume_id=volume.id)
        return Ask(asked(volume), [("volume", volume.id, body)], then=self.gone, silent=_SILENT)

    @step
    def gone(self, tx: Tx, answer: Message) -> Move:
        """Forget it."""
        volumes.remove(tx, self.subject)
        return Done()

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """The bytes are still there: so is the volume, with the reason."""
        if volumes.find(tx, self.subject) is not None:
            volumes.change(tx, self.subject, status="error_deleting", fault=fault.message)
        return Done()
