"""169.254.169.254 of a simulated host."""

from collections.abc import Sequence

from gureum.agent.drivers.protocols import Things
from gureum.agent.drivers.sim.world import Answering, World, key
from gureum.contracts import hypervisor as hv


class SimMetadata:
    """Remembers what each guest would be told; its boot log shows it."""

    def __init__(self, world: World, host: str) -> None:
        self._world = world
        self._host = host

    def ensure(self, ports: Sequence[hv.MetadataPort], server_id: str, metadata: hv.GuestMetadata) -> None:
        with self._world.lock:
            self._world.answering.put(key(self._host, server_id), Answering(self._host, list(ports), metadata))

    def things(self) -> Things:
        with self._world.lock:
            prefix = key(self._host, "")
            return {"server": [name.removeprefix(prefix) for name in self._world.answering if name.startswith(prefix)]}

    def remove(self, server_id: str) -> None:
        with self._world.lock:
            self._world.answering.drop(key(self._host, server_id))
