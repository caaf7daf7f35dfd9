"""Volumes and snapshots as the compute API shows them."""

from typing import Any

from gureum.block_storage.attachment import Attachment
from gureum.block_storage.service.volumes import NewVolume, Seen
from gureum.block_storage.snapshot import Snapshot
from gureum.compute.wire import values
from gureum.kernel.http.schema import Query, Shapes
from gureum.kernel.numbers import whole

_TEXT: values.Schema = {"type": "string"}
QUERY = Query(
    lambda version: values.parameters(version, limit=values.many(values.NATURAL), offset=values.many(values.NATURAL))
)
_VOLUME: dict[str, values.Schema] = {
    "volume_type": _TEXT,
    "metadata": {"type": "object"},
    "snapshot_id": _TEXT,
    "size": values.number(1),
    "availability_zone": _TEXT,
    "display_name": _TEXT,
    "display_description": _TEXT,
}
CREATE = Shapes(lambda _: values.wrapped("volume", _VOLUME, required=("size",)))
_SNAPSHOT: dict[str, values.Schema] = {
    "volume_id": _TEXT,
    "force": values.BOOLEAN,
    "display_name": _TEXT,
    "display_description": _TEXT,
}
CREATE_SNAPSHOT = Shapes(lambda _: values.wrapped("snapshot", _SNAPSHOT, required=("volume_id",)))


def asked(body: dict[str, Any]) -> NewVolume:
    """The volume that a body asks for."""
    said = body["volume"]
    return NewVolume(
        size=whole(said["size"]),
        name=said.get("display_name"),
        description=said.get("display_description"),
        type=said.get("volume_type"),
        snapshot=said.get("snapshot_id"),
        availability_zone=said.get("availability_zone"),
        metadata={str(key): str(value) for key, value in said.get("metadata", {}).items()},
    )


def show(seen: Seen) -> dict[str, Any]:
    """A volume."""
    volume = seen.volume
    attachments = [_attachment(one) for one in seen.attachments if one.status == "attached"]
    return {
        "id": volume.id,
        "status": volume.status,
        "size": volume.size,
        "availabilityZone": volume.availability_zone,
        "createdAt": values.moment(volume.created_at),
        "attachments": attachments or [{}],
        "displayName": volume.name,
        "displayDescription": volume.description,
        "volumeType": seen.type_name,
        "snapshotId": volume.snapshot_id,
        "metadata": volume.metadata,
    }


def _attachment(attachment: Attachment) -> dict[str, Any]:
    shown = {"id": attachment.volume_id, "volumeId": attachment.volume_id, "serverId": attachment.server_id}
    return shown if attachment.device is None else shown | {"device": attachment.device}


def show_snapshot(snapshot: Snapshot) -> dict[str, Any]:
    """A snapshot."""
    return {
        "id": snapshot.id,
        "volumeId": snapshot.volume_id,
        "status": snapshot.status,
        "size": snapshot.size,
        "createdAt": values.moment(snapshot.created_at),
        "displayName": snapshot.name,
        "displayDescription": snapshot.description,
    }
