"""Ends an attachment whose guest or user is gone: first the export, then the row."""

from gureum.block_storage.flows.outside import unexport
from gureum.block_storage.store import attachments
from gureum.contracts.message import Message
from gureum.kernel.faults import Fault
from gureum.kernel.flow import Ask, Done, Flow, Move, WhenBusy, step
from gureum.kernel.store.tx import Tx


class RemoveVolumeExport(Flow):
    """The subject is the attachment's id."""

    subject_kind = "export"
    when_busy = WhenBusy.TAKE_OVER

    @step
    def start(self, tx: Tx) -> Move:
        """Ask the pool's agent, again and again until the export is gone."""
        attachment = attachments.find(tx, self.subject)
        ask = None if attachment is None else unexport(tx, attachment)
        if ask is None:
            return self.removed(tx, None)
        target, body = ask
        return Ask(target, [body], then=self.removed, insist=True)

    @step
    def removed(self, tx: Tx, answer: Message | None) -> Move:
        """The attachment ends, and the volume is free for others."""
        attachment = attachments.find(tx, self.subject)
        if attachment is not None:
            attachments.remove(tx, attachment)
        return Done()

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """Nothing but a fault of our own leads here: say so where it is seen, and end it all the same."""
        return self.removed(tx, None)
