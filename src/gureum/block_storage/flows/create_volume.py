"""Makes a new volume: chooses a pool, and has its agent make the bytes, blank or an image's."""

from gureum.block_storage.flows.outside import asked
from gureum.block_storage.store import pools, snapshots, volumes
from gureum.block_storage.volume import Volume
from gureum.contracts.message import Message
from gureum.contracts.volumes import EnsureVolume, RemoveVolume
from gureum.image.service import for_compute as images
from gureum.kernel.clock import minutes, seconds
from gureum.kernel.faults import Fault, NoCapacity, NotFound
from gureum.kernel.flow import Ask, Done, Flow, Go, Move, Nap, step
from gureum.kernel.store.tx import Tx

_LOOK_AGAIN = seconds(1)
_PATIENCE = seconds(60)
"""How long a volume waits for a pool that is coming."""


class CreateVolume(Flow):
    """The subject is the volume's id. `args["waited"]`: how long, for a pool that is up."""

    subject_kind = "volume"

    @step
    def start(self, tx: Tx) -> Move:
        """Choose the pool. None is up: wait a while; none has room: NoCapacity."""
        volume = volumes.find(tx, self.subject)
        if volume is None:
            return Done()
        if volume.snapshot_id is not None or volume.source_id is not None:
            return self._beside(tx, volume)
        pool = pools.roomiest(tx, volume.size)
        if pool is not None:
            volumes.change(tx, volume.id, agent=pool.agent, backend=pool.backend, pool=pool.name)
            return Go(self.make)
        waited: int = self.args.get("waited", 0)
        if waited < _PATIENCE and not any(one.up for one in pools.all(tx)):
            return Nap(_LOOK_AGAIN, self.start, {"waited": waited + _LOOK_AGAIN})
        raise NoCapacity("No storage pool has room for the volume.")

    def _beside(self, tx: Tx, volume: Volume) -> Move:
        """A copy is made in the pool of what is copied."""
        snapshot = None if volume.snapshot_id is None else snapshots.find(tx, volume.snapshot_id)
        source = volumes.find(tx, snapshot.volume_id if snapshot is not None else volume.source_id or "")
        if source is None or source.agent is None:
            raise NotFound("What the volume was to be made of is gone.")
        volumes.change(tx, volume.id, agent=source.agent, backend=source.backend, pool=source.pool)
        return Go(self.make)

    @step
    def make(self, tx: Tx) -> Move:
        """Ask the pool's agent for the bytes."""
        volume = volumes.find(tx, self.subject)
        if volume is None:
            return Done()
        source = None if volume.image_id is None else images.source(tx, volume.image_id)
        if source is not None:
            volumes.change(tx, volume.id, status="downloading")
        copied = {"snapshot_id": volume.snapshot_id, "source_id": volume.source_id}
        body = EnsureVolume(volume_id=volume.id, size_gib=volume.size, image=source, **copied)
        return Ask(asked(volume), [("volume", volume.id, body)], then=self.made, silent=minutes(10))

    @step
    def made(self, tx: Tx, answer: Message) -> Move:
        """The volume is there."""
        volumes.change(tx, self.subject, status="available", fault=None)
        return Done()

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """Say why, and have what there may be of it taken away."""
        volume = volumes.find(tx, self.subject)
        if volume is None:
            return Done()
        volumes.change(tx, volume.id, status="error", fault=fault.message)
        if volume.agent is None:
            return Done()
        body = RemoveVolume(volume_id=volume.id)
        return Ask(asked(volume), [("volume", volume.id, body)], then=self.gone, insist=True)

    @step
    def gone(self, tx: Tx, answer: Message) -> Move:
        """Nothing is left outside: the volume is in no pool."""
        volume: Volume | None = volumes.find(tx, self.subject)
        if volume is not None:
            volumes.change(tx, volume.id, agent=None, backend=None, pool=None)
        return Done()
