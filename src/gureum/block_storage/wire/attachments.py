"""Attachments on the wire."""

from typing import Any

from gureum.block_storage.attachment import Attachment
from gureum.block_storage.wire import schemas
from gureum.block_storage.wire.schemas import ACTION, UUID, Schema, always, closed, wrapped
from gureum.contracts.hypervisor import FileSource
from gureum.kernel.clock import iso_micros
from gureum.kernel.http.history import Version

_CREATE: dict[str, Schema] = {
    "instance_uuid": UUID,
    "connector": {"type": ["object", "null"]},
    "volume_uuid": UUID,
}


def _create(version: Version) -> Schema:
    mode: dict[str, Schema] = {"mode": {"type": "string", "enum": ["rw", "ro"]}} if version >= (3, 54) else {}
    return wrapped("attachment", closed(_CREATE | mode, "volume_uuid"))


CREATE = schemas.by_version(_create)
UPDATE = always(
    wrapped(
        "attachment",
        {
            "type": "object",
            "required": ["connector"],
            "properties": {"connector": {"type": "object", "minProperties": 1}},
        },
    )
)
COMPLETE = always(wrapped("os-complete", ACTION))


def brief(one: Attachment) -> dict[str, Any]:
    """An attachment in a plain list."""
    return {"id": one.id, "status": one.shown_status, "instance": one.server_id, "volume_id": one.volume_id}


def show(one: Attachment) -> dict[str, Any]:
    """An attachment, whole. Its connection says where the bytes are only to those who connect themselves."""
    return brief(one) | {
        "attached_at": iso_micros(one.attached_at) or "",
        "detached_at": "",
        "attach_mode": one.mode or "null",
        "connection_info": _connection(one),
    }


def _connection(one: Attachment) -> dict[str, Any]:
    source = one.opened()
    if source is None:
        return {}
    where: dict[str, Any] = {}
    if isinstance(source, FileSource):
        kind = "local"
        where = {"device_path": source.path, "format": source.format}
    else:
        kind = "nbd"
        where = {"host": source.host, "port": source.port, "export": source.export}
    return {
        "qos_specs": None,
        "access_mode": one.mode or "rw",
        "encrypted": False,
        "cacheable": False,
        "driver_volume_type": kind,
        "attachment_id": one.id,
        "enforce_multipath": False,
    } | ({} if one.by_compute else where)
