"""Making an image of a server's root disk: a copy at one instant on its host, which the host's agent then sends."""

from gureum.compute.flows.server_flow import ServerFlow
from gureum.contracts.hypervisor import EnsureCopy, RemoveCopy, SendCopy
from gureum.contracts.message import Message
from gureum.image.service import for_compute as images
from gureum.kernel.clock import minutes
from gureum.kernel.faults import Fault
from gureum.kernel.flow import Ask, Done, Move, Target, WhenBusy, step
from gureum.kernel.flow.moves import Step
from gureum.kernel.store.tx import Tx

_SILENT = minutes(10)


class SnapshotServer(ServerFlow):
    """`args["image"]` is the image, which has no bytes yet; the copy on the host has its id."""

    when_busy = WhenBusy.QUEUE

    @step
    def start(self, tx: Tx) -> Move:
        """Have the host keep what the disk holds now."""
        server = self.server(tx)
        if server is None or server.host is None:
            return self.nowhere(tx, server)
        self.began(tx, "compute_snapshot_instance", server.host)
        self.change(tx, task_state="image_snapshot")
        body = EnsureCopy(server_id=server.id, copy_id=self.args["image"])
        return self._ask(server.host, body, self.copied)

    @step
    def copied(self, tx: Tx, _: Message) -> Move:
        """Have it sent. From now on the server may change again, but not for its owner."""
        server = self.server(tx)
        if server is None or server.host is None:
            return Done()
        self.change(tx, task_state="image_uploading")
        body = SendCopy(server_id=server.id, copy_id=self.args["image"])
        return self._ask(server.host, body, self.sent)

    @step
    def sent(self, tx: Tx, _: Message) -> Move:
        """The image is whole; the copy is not needed any more."""
        return self._finish(tx, None)

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """The server is as before; the image goes, unless it got its bytes and only the news of it was lost."""
        if images.has_bytes(tx, self.args["image"]):
            return self._finish(tx, None)
        images.discard(tx, self.args["image"])
        return self._finish(tx, fault)

    @step
    def cleared(self, tx: Tx, _: Message) -> Move:
        """Nothing of the copy is left."""
        return Done()

    def _finish(self, tx: Tx, fault: Fault | None) -> Move:
        server = self.server(tx)
        if server is None or server.host is None:
            return Done()
        self.change(tx, task_state=None)
        self.ended(tx, fault)
        body = RemoveCopy(server_id=server.id, copy_id=self.args["image"])
        return Ask(Target(agent=server.host), [self._subject(body)], then=self.cleared, insist=True)

    def _ask(self, host: str, body: Message, then: Step) -> Ask:
        return Ask(Target(agent=host), [self._subject(body)], then=then, silent=_SILENT)

    def _subject(self, body: Message) -> tuple[str, str, Message]:
        return "server_copy", self.args["image"], body
