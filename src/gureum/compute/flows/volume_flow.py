"""What flows that end a server share: volumes that go with it are deleted one by one, each once no host can open it."""

from gureum.block_storage.service import for_compute as block_storage
from gureum.block_storage.service import volumes as storage_volumes
from gureum.compute.flows.server_flow import ServerFlow
from gureum.compute.store import volumes
from gureum.compute.store.volumes import ServerVolume
from gureum.contracts.message import Message
from gureum.kernel.flow import Ask, Go, Move, step
from gureum.kernel.store.tx import Tx


class VolumeEndingFlow(ServerFlow):
    """`doomed` says which volumes go; the others are let go with all else in `let_go`."""

    def doomed(self, one: ServerVolume) -> bool:
        """Whether a volume goes with the server."""
        return one.delete_on_termination

    def let_go(self, tx: Tx) -> Move:
        """Nothing is left on the host, and no volume that goes: give back all else."""
        raise NotImplementedError

    @step
    def volumes(self, tx: Tx) -> Move:
        """The next volume that goes."""
        one = self._next(tx)
        if one is None:
            return self.let_go(tx)
        ask = None if one.attachment_id is None else block_storage.unexport_ask(tx, one.attachment_id)
        if ask is None:
            return Go(self.volume_free)
        return Ask(ask[0], [ask[1]], then=self.unexported, insist=True)

    @step
    def unexported(self, tx: Tx, _: Message) -> Move:
        """No host can open it any more."""
        return Go(self.volume_free)

    @step
    def volume_free(self, tx: Tx) -> Move:
        """Delete it, unless its owner may not or somebody else needs it."""
        one = self._next(tx)
        if one is not None:
            if one.attachment_id is not None:
                block_storage.detached(tx, one.attachment_id)
            volumes.remove(tx, one)
            storage_volumes.end(tx, self.caller, one.volume_id)
        return Go(self.volumes)

    def _next(self, tx: Tx) -> ServerVolume | None:
        return next((one for one in volumes.of(tx, self.subject) if self.doomed(one)), None)
