"""What is asked of a pool's agent, and of whom."""

from gureum.block_storage.attachment import Attachment
from gureum.block_storage.store import attachments, volumes
from gureum.block_storage.volume import Volume
from gureum.contracts.message import Message
from gureum.contracts.volumes import RemoveExport
from gureum.kernel.flow import Target
from gureum.kernel.store.tx import Tx

Body = tuple[str, str, Message]


def asked(volume: Volume) -> Target:
    """The agent of the volume's pool."""
    return Target(agent=volume.agent)


def unexport(tx: Tx, attachment: Attachment) -> tuple[Target, Body] | None:
    """Whom to ask, and what, so that the attachment's host cannot open the volume any more; None where nothing was exported,
    or somebody else on that host needs it, one whose guest may not let go of it yet included.

    Until the answer is there the attachment is unexporting, and nobody else's export to that host is asked for.
    """
    tx.lock("volume", attachment.volume_id)
    volume = volumes.find(tx, attachment.volume_id)
    host = attachment.export_host
    if volume is None or volume.agent is None or host is None:
        return None
    for other in attachments.of_volumes(tx, [volume.id]).get(volume.id, []):
        if other.id != attachment.id and other.export_host == host and other.status != "unexporting":
            return None
    attachments.change(tx, attachment, status="unexporting")
    return asked(volume), ("export", attachment.id, RemoveExport(volume_id=volume.id, host=host))


def in_the_way(tx: Tx, attachment: Attachment, host: str) -> bool:
    """Whether an export of the volume to the host is being taken away, so that none may be asked for yet."""
    tx.lock("volume", attachment.volume_id)
    others = attachments.of_volumes(tx, [attachment.volume_id]).get(attachment.volume_id, [])
    return any(one.status == "unexporting" and one.export_host == host and one.id != attachment.id for one in others)
