"""Makes a volume larger."""

from gureum.block_storage.flows.outside import asked
from gureum.block_storage.store import attachments, volumes
from gureum.block_storage.volume import Volume, status_of
from gureum.contracts.message import Message
from gureum.contracts.volumes import EnsureVolume
from gureum.kernel.faults import Fault
from gureum.kernel.flow import Ask, Done, Flow, Move, step
from gureum.kernel.store.tx import Tx


class ExtendVolume(Flow):
    """The subject is the volume's id; its row says in `extending_to` how large it shall be, which quota counts already."""

    subject_kind = "volume"

    @step
    def start(self, tx: Tx) -> Move:
        """Ask the pool's agent."""
        volume = volumes.find(tx, self.subject)
        if volume is None or volume.extending_to is None:
            return Done()
        body = EnsureVolume(volume_id=volume.id, size_gib=volume.extending_to)
        return Ask(asked(volume), [("volume", volume.id, body)], then=self.extended)

    @step
    def extended(self, tx: Tx, answer: Message) -> Move:
        """It is."""
        volume = volumes.find(tx, self.subject)
        if volume is not None:
            size = volume.extending_to or volume.size
            volumes.change(tx, volume.id, status=self._resting(tx, volume), size=size, extending_to=None, fault=None)
        return Done()

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """It keeps its size, as far as anybody may rely on it. One that is attached stays so: its server can still let it go."""
        volume = volumes.find(tx, self.subject)
        if volume is not None:
            status = self._resting(tx, volume)
            status = "error_extending" if status == "available" else status
            volumes.change(tx, self.subject, status=status, extending_to=None, fault=fault.message)
        return Done()

    def _resting(self, tx: Tx, volume: Volume) -> str:
        held = attachments.of_volumes(tx, [volume.id]).get(volume.id, [])
        return status_of((one.status for one in held), shared=volume.multiattach)
