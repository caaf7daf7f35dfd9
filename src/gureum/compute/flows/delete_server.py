"""From a server, in whatever state, to nothing."""

from gureum.block_storage.service import for_compute as block_storage
from gureum.compute.flows.volume_flow import VolumeEndingFlow
from gureum.compute.server import Server
from gureum.compute.store import consoles, decisions, hosts, interfaces, tags, volumes
from gureum.compute.store import servers as store
from gureum.contracts.hypervisor import RemoveDomain
from gureum.contracts.message import Message
from gureum.image.service import for_compute as images
from gureum.kernel.faults import Fault
from gureum.kernel.flow import Ask, Done, Go, Move, Target, WhenBusy, step
from gureum.kernel.store.tx import Tx
from gureum.network.service import for_compute as network
from gureum.placement.service import claims


class DeleteServer(VolumeEndingFlow):
    """Takes over whatever runs. What is outside goes first, insisted on until it is gone; then what was held for it.

    When the host is away the server is gone for its owner at once, and what is on the host goes when it is back; until then the
    host's resources and the ports stay held.
    """

    when_busy = WhenBusy.TAKE_OVER

    @step
    def start(self, tx: Tx) -> Move:
        """Ask that the guest goes. The server itself may be gone for its owner already."""
        server = self.server(tx) or store.find_past(tx, self.subject)
        if server is None:
            return Done()
        images.discard_snapshots(tx, server.id)
        if server.host is None:
            return Go(self.nothing_outside)
        self.began(tx, "compute_terminate_instance", server.host)
        host = hosts.find(tx, server.host)
        if (host is None or not host.alive) and server.vm_state != "deleted":
            bury(tx, server)
        body = RemoveDomain(server_id=server.id, name=server.domain_name)
        return Ask(Target(agent=server.host), [("server", server.id, body)], then=self.gone, insist=True)

    @step
    def gone(self, tx: Tx, _: Message) -> Move:
        """Nothing is left on the host."""
        return Go(self.volumes)

    @step
    def nothing_outside(self, tx: Tx) -> Move:
        """No host ever had it."""
        return Go(self.volumes)

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """Only a defect leads here: begin again."""
        return Go(self.start)

    def let_go(self, tx: Tx) -> Move:
        """The server is gone, and all that was held for it."""
        block_storage.release(tx, self.subject)
        volumes.remove_all(tx, self.subject)
        interfaces.remove_all(tx, self.subject)
        network.release(tx, self.subject)
        claims.release(tx, self.subject)
        server = self.server(tx)
        if server is not None:
            bury(tx, server)
        self.ended(tx)
        return Done()


def bury(tx: Tx, server: Server) -> None:
    """The server is gone for its owner: it moves to those that were."""
    for remove in (tags.remove_all, consoles.remove_of, decisions.remove_of):
        remove(tx, server.id)
    store.bury(tx, server)
