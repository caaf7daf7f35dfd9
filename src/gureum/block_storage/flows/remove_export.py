"""Ends an attachment whose guest or user is gone: first the export, then the row."""

from gureum.block_storage.store import attachments, volumes
from gureum.contracts.message import Message
from gureum.contracts.volumes import RemoveExport
from gureum.kernel.faults import Fault
from gureum.kernel.flow import Ask, Done, Flow, Move, Target, WhenBusy, step
from gureum.kernel.store.tx import Tx


class RemoveVolumeExport(Flow):
    """The subject is the attachment's id."""

    subject_kind = "export"
    when_busy = WhenBusy.TAKE_OVER

    @step
    def start(self, tx: Tx) -> Move:
        """Ask the pool's agent, again and again until the export is gone."""
        attachment = attachments.find(tx, self.subject)
        volume = None if attachment is None else volumes.find(tx, attachment.volume_id)
        if attachment is None or volume is None or volume.agent is None or attachment.export_host is None:
            return self.removed(tx, None)
        body = RemoveExport(volume_id=volume.id, host=attachment.export_host)
        return Ask(Target(agent=volume.agent), [("export", self.subject, body)], then=self.removed, insist=True)

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
