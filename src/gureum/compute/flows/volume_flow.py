"""What flows that end a server share: its volumes are freed one by one, each once no host can open it; some are deleted then."""

from gureum.block_storage.service import for_compute as block_storage
from gureum.block_storage.service import volumes as storage_volumes
from gureum.compute.flows.server_flow import ServerFlow
from gureum.compute.store import volumes
from gureum.compute.store.volumes import ServerVolume
from gureum.contracts.message import Message
from gureum.kernel import clock
from gureum.kernel.faults import Fault
from gureum.kernel.flow import Ask, Go, Move, step
from gureum.kernel.store.tx import Tx

_PATIENCE = clock.seconds(30)


class VolumeEndingFlow(ServerFlow):
    """`doomed` says which volumes are deleted; the others are free by the time that the server is gone."""

    def doomed(self, one: ServerVolume) -> bool:
        """Whether a volume goes with the server."""
        return one.delete_on_termination

    def let_go(self, tx: Tx) -> Move:
        """Nothing is left on the host, and no volume that is deleted: give back all else."""
        raise NotImplementedError

    @step
    def volumes(self, tx: Tx) -> Move:
        """The next volume: first those that are deleted."""
        one = self._next(tx)
        if one is None:
            return self.let_go(tx)
        self.args["freed"] = one.volume_id
        ask = None if one.attachment_id is None else block_storage.unexport_ask(tx, one.attachment_id)
        if ask is None:
            return Go(self.volume_free)
        if self.doomed(one):
            return Ask(ask[0], [ask[1]], then=self.unexported, insist=True)
        return Ask(ask[0], [ask[1]], then=self.unexported, silent=_PATIENCE, fault=self.pool_away)

    @step
    def unexported(self, tx: Tx, _: Message) -> Move:
        """No host can open it any more."""
        return Go(self.volume_free)

    @step
    def pool_away(self, tx: Tx, _: Fault) -> Move:
        """The server does not wait for a pool that does not answer: what it has there is free once it does."""
        return self.let_go(tx)

    @step
    def volume_free(self, tx: Tx) -> Move:
        """One that goes is deleted, unless its owner may not or somebody else needs it."""
        one = volumes.find(tx, self.subject, self.args["freed"])
        if one is not None:
            if one.attachment_id is not None:
                block_storage.detached(tx, one.attachment_id)
            volumes.remove(tx, one)
            if self.doomed(one):
                storage_volumes.end(tx, self.caller, one.volume_id)
        return Go(self.volumes)

    def _next(self, tx: Tx) -> ServerVolume | None:
        return min(volumes.of(tx, self.subject), key=lambda one: not self.doomed(one), default=None)
