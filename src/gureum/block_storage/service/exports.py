"""Exports: what the pool's agent is asked, so that a host can open a volume."""

import msgspec

from gureum.block_storage.attachment import Attachment
from gureum.block_storage.flows.outside import Body, in_the_way, unexport
from gureum.block_storage.flows.remove_export import RemoveVolumeExport
from gureum.block_storage.store import attachments as store
from gureum.block_storage.store import volumes
from gureum.contracts.volumes import EnsureExport, ExportReport
from gureum.kernel.faults import Conflict
from gureum.kernel.flow import Target, intend
from gureum.kernel.store.tx import Tx

__all__ = ["Body", "ask", "exported", "in_the_way", "let_go", "unexport"]


def ask(tx: Tx, attachment_id: str, host: str) -> tuple[Target, Body]:
    """Whom to ask, and what, so that `host` can open the attachment's volume; the attachment is attaching from now on.

    Raises NotFound for an attachment that is gone, Conflict for a volume without a pool.
    """
    found = store.get(tx, attachment_id)
    volume = volumes.get(tx, found.volume_id)
    if in_the_way(tx, found, host):
        raise Conflict(f"The export of volume {volume.id} to {host} is being taken away. Try again.")
    if volume.agent is None:
        raise Conflict(f"Volume {volume.id} is not in any pool.")
    values = {"status": "attaching"} if found.status == "reserved" else {}
    store.change(tx, found, export_host=host, host_name=host, **values)
    return Target(agent=volume.agent), ("export", found.id, EnsureExport(volume_id=volume.id, host=host))


def exported(tx: Tx, attachment_id: str, report: ExportReport) -> None:
    """Keep what the host opens. An attachment that is gone by now is nothing to mind."""
    found = store.find(tx, attachment_id)
    if found is not None:
        store.change(tx, found, source=msgspec.to_builtins(report.source))


def let_go(tx: Tx, attachment: Attachment) -> None:
    """End an attachment that nobody uses: at once, or when its export is gone."""
    if attachment.export_host is None:
        store.remove(tx, attachment)
        return
    store.change(tx, attachment, status="detaching")
    intend(tx, RemoveVolumeExport, attachment.id)
