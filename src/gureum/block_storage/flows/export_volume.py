"""Lets a host open a volume, for an attachment that somebody other than compute made."""

import msgspec

from gureum.block_storage.flows.outside import asked, in_the_way
from gureum.block_storage.store import attachments, volumes
from gureum.contracts.volumes import EnsureExport, ExportReport
from gureum.kernel.clock import seconds
from gureum.kernel.faults import Fault
from gureum.kernel.flow import Ask, Done, Flow, Move, Nap, step
from gureum.kernel.store.tx import Tx

_LOOK_AGAIN = seconds(0.2)


class ExportVolume(Flow):
    """The subject is the attachment's id, which names the host."""

    subject_kind = "export"

    @step
    def start(self, tx: Tx) -> Move:
        """Ask the pool's agent."""
        attachment = attachments.find(tx, self.subject)
        volume = None if attachment is None else volumes.find(tx, attachment.volume_id)
        if attachment is None or volume is None or attachment.export_host is None:
            return Done()
        if in_the_way(tx, attachment, attachment.export_host):
            return Nap(_LOOK_AGAIN, self.start)
        body = EnsureExport(volume_id=volume.id, host=attachment.export_host)
        return Ask(asked(volume), [("export", self.subject, body)], then=self.exported, silent=seconds(60))

    @step
    def exported(self, tx: Tx, answer: ExportReport) -> Move:
        """The host may open it: the attachment is being attached until its maker says that it is complete."""
        attachment = attachments.find(tx, self.subject)
        if attachment is not None:
            attachments.change(
                tx, attachment, status="attaching", source=msgspec.to_builtins(answer.source), fault=None
            )
        return Done()

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """The attachment is only reserved still; its maker is told why. Removing it takes away what may be exported."""
        attachment = attachments.find(tx, self.subject)
        if attachment is not None:
            attachments.change(tx, attachment, fault=fault.message)
        return Done()
