"""The simulated pool: volumes without bytes."""

from collections.abc import Callable

from gureum.agent.drivers.protocols import Disks, DriverFault, Things
from gureum.agent.drivers.sim.world import Kept, Volume, World
from gureum.contracts import hypervisor as hv
from gureum.contracts import volumes

POOL = "sim"


class SimVolumes:
    """One pool of `total_gib`."""

    def __init__(self, world: World, total_gib: int) -> None:
        self._world = world
        self._total_gib = total_gib

    def state(self) -> volumes.PoolState:
        with self._world.lock:
            kept = [*self._world.volumes.values(), *self._world.snapshots.values()]
            used = sum(each.size_gib for each in kept)
        return volumes.PoolState(
            pool=POOL, backend=POOL, total_gib=float(self._total_gib), free_gib=float(max(0, self._total_gib - used))
        )

    def ensure(self, spec: volumes.EnsureVolume, disks: Disks, progress: Callable[[int], None]) -> None:
        with self._world.lock:
            volume = self._world.volumes.get(spec.volume_id)
            grows = spec.size_gib - (volume.size_gib if volume is not None else 0)
            if grows > self.state().free_gib:
                raise DriverFault("The storage pool is full.", f"{grows} GiB more do not fit")
            if volume is None:
                volume = self._new(spec)
                progress(100)
            volume.size_gib = max(volume.size_gib, spec.size_gib)
            self._world.volumes.put(spec.volume_id, volume)

    def _new(self, spec: volumes.EnsureVolume) -> Volume:
        if spec.image is not None:
            return Volume(size_gib=spec.size_gib, image_id=spec.image.image_id)
        if spec.snapshot_id is None and spec.source_id is None:
            return Volume(size_gib=spec.size_gib)
        found = self._world.snapshots if spec.snapshot_id else self._world.volumes
        source = found.get(spec.snapshot_id or spec.source_id or "")
        if source is None:
            raise DriverFault("What is to be copied is not in the pool.", str(spec.snapshot_id or spec.source_id))
        return Volume(size_gib=source.size_gib, image_id=source.image_id, content=source.content)

    def snapshot(self, spec: volumes.EnsureSnapshot, disks: Disks, progress: Callable[[int], None]) -> None:
        with self._world.lock:
            if self._world.snapshots.get(spec.snapshot_id) is not None:
                return
            volume = self._world.volumes.get(spec.volume_id)
            if volume is None:
                raise DriverFault("What is to be copied is not in the pool.", spec.volume_id)
            if volume.size_gib > self.state().free_gib:
                raise DriverFault("The storage pool is full.", f"{volume.size_gib} GiB more do not fit")
            kept = Kept(size_gib=volume.size_gib, image_id=volume.image_id, content=volume.content)
            self._world.snapshots.put(spec.snapshot_id, kept)

    def remove_snapshot(self, snapshot_id: str) -> None:
        with self._world.lock:
            self._world.snapshots.drop(snapshot_id)

    def things(self) -> Things:
        with self._world.lock:
            return {
                "volume": sorted(self._world.volumes.keys()),
                "volume_snapshot": sorted(self._world.snapshots.keys()),
            }

    def remove(self, volume_id: str) -> None:
        """DriverFault while a guest holds it: its bytes would vanish under the guest."""
        with self._world.lock:
            for guest in self._world.guests.values():
                roots = [guest.spec.root] if isinstance(guest.spec.root, hv.VolumeDisk) else []
                if any(disk.volume_id == volume_id for disk in [*roots, *guest.spec.volumes]):
                    raise DriverFault("The volume is in use.", f"guest {guest.spec.name} on {guest.host}", again=True)
            self._world.volumes.drop(volume_id)

    def export(self, volume_id: str, host: str) -> hv.VolumeSource:
        with self._world.lock:
            volume = self._world.volumes.get(volume_id)
            if volume is None:
                raise DriverFault(f"Volume {volume_id} is not in the pool.")
            if host not in volume.hosts:
                volume.hosts = [*volume.hosts, host]
                self._world.volumes.put(volume_id, volume)
            return hv.FileSource(path=f"/sim/volumes/{volume_id}", format="raw")

    def unexport(self, volume_id: str, host: str) -> None:
        with self._world.lock:
            volume = self._world.volumes.get(volume_id)
            if volume is not None and host in volume.hosts:
                volume.hosts = [each for each in volume.hosts if each != host]
                self._world.volumes.put(volume_id, volume)
