"""Volumes on the wire."""

import uuid
from typing import Any

from gureum.block_storage.attachment import Attachment
from gureum.block_storage.service.volumes import Seen
from gureum.block_storage.volume import Volume
from gureum.block_storage.wire import schemas
from gureum.block_storage.wire.schemas import METADATA, TEXT, TEXT_255, UUID_OR_NULL, Schema, closed, wrapped
from gureum.kernel.clock import iso_micros
from gureum.kernel.http import Call, Change, History
from gureum.kernel.http.history import Version

_CREATE: dict[str, Schema] = {
    "name": TEXT,
    "description": TEXT,
    "display_name": TEXT,
    "display_description": TEXT,
    "volume_type": TEXT_255,
    "metadata": METADATA | {"type": ["object", "null"]},
    "snapshot_id": UUID_OR_NULL,
    "source_volid": UUID_OR_NULL,
    "consistencygroup_id": UUID_OR_NULL,
    "size": schemas.size(nullable=True),
    "availability_zone": {"type": ["string", "null"], "minLength": 1, "maxLength": 255},
    "multiattach": {"oneOf": [schemas.BOOLEAN, {"type": "null"}]},
    "image_id": TEXT_255,
    "imageRef": TEXT_255,
}
_ADDED: list[tuple[Version, dict[str, Schema]]] = [
    ((3, 13), {"group_id": TEXT_255}),
    ((3, 47), {"backup_id": UUID_OR_NULL}),
]
_UPDATE: dict[str, Schema] = {
    "name": TEXT,
    "description": TEXT,
    "display_name": TEXT,
    "display_description": TEXT,
    "metadata": METADATA,
}


def _create(version: Version) -> Schema:
    properties = dict(_CREATE)
    for since, added in _ADDED:
        if version >= since:
            properties |= added
    inner = closed(properties)
    if version < (3, 53):
        inner["additionalProperties"] = True
    outer = wrapped("volume", inner)
    outer["properties"]["OS-SCH-HNT:scheduler_hints"] = {"type": ["object", "null"]}
    return outer


def _update(version: Version) -> Schema:
    inner = closed(_UPDATE)
    if version >= (3, 53):
        inner["anyOf"] = [{"required": [name]} for name in _UPDATE]
    return wrapped("volume", inner)


def _only_known(body: dict[str, Any], call: Call) -> None:
    """Before 3.53 what is not known is passed over."""
    known = set(_CREATE)
    for since, added in _ADDED:
        if call.version >= since:
            known |= set(added)
    for name in set(body) - known:
        del body[name]


CREATE = schemas.by_version(_create)
UPDATE = schemas.by_version(_update)
SET_METADATA = schemas.always(wrapped("metadata", METADATA))
SET_ONE = schemas.always(wrapped("meta", METADATA | {"minProperties": 1, "maxProperties": 1}))

HISTORY = History(
    "volume",
    "volumes",
    [
        Change((3, 13), "volumes may belong to a group", shows=frozenset({"group_id"})),
        Change((3, 21), "administrators see the provider's id", shows=frozenset({"provider_id"})),
        Change(
            (3, 48),
            "who attaches a volume learns whether its targets are shared",
            shows=frozenset({"shared_targets", "service_uuid"}),
        ),
        Change((3, 53), "unknown parameters are refused", up=_only_known),
        Change((3, 61), "administrators see the cluster", shows=frozenset({"cluster_name"})),
        Change((3, 63), "the type's id is shown", shows=frozenset({"volume_type_id"})),
        Change((3, 65), "whether a volume counts for quota is shown", shows=frozenset({"consumes_quota"})),
    ],
)
SUMMARY = History(
    "volume-summary",
    "",
    [Change((3, 36), "the summary has all metadata", shows=frozenset({"metadata"}))],
)


def links(call: Call, id: str) -> list[dict[str, str]]:
    """Where a volume is, as the client asked: with the project in the path or without."""
    parts = call.path.strip("/").split("/")
    scope = f"/{parts[1]}" if len(parts) > 1 and parts[1] == (call.caller.project_id or "") else ""
    return [
        {"rel": "self", "href": f"{call.base_url}/v3{scope}/volumes/{id}"},
        {"rel": "bookmark", "href": f"{call.base_url}{scope}/volumes/{id}"},
    ]


def brief(call: Call, seen: Seen) -> dict[str, Any]:
    """A volume in a plain list."""
    return {"id": seen.volume.id, "name": seen.volume.name, "links": links(call, seen.volume.id)}


def show(call: Call, seen: Seen) -> dict[str, Any]:
    """A volume as answers to changes show it."""
    volume = seen.volume
    admin = call.caller.is_admin
    body: dict[str, Any] = {
        "id": volume.id,
        "status": volume.status,
        "size": volume.size,
        "availability_zone": volume.availability_zone,
        "created_at": iso_micros(volume.created_at),
        "updated_at": iso_micros(volume.updated_at),
        "name": volume.name,
        "description": volume.description,
        "volume_type": seen.type_name,
        "snapshot_id": volume.snapshot_id,
        "source_volid": volume.source_id,
        "metadata": _metadata(volume),
        "links": links(call, volume.id),
        "user_id": volume.user_id,
        "bootable": str(volume.bootable).lower(),
        "encrypted": False,
        "replication_status": None,
        "consistencygroup_id": None,
        "multiattach": volume.multiattach,
        "attachments": [_held(one, admin) for one in seen.attachments if one.attached_at is not None],
    }
    if admin:
        body["migration_status"] = None
    body["group_id"] = None
    if admin:
        body["provider_id"] = None
    placed = volume.host is not None
    body["shared_targets"] = not placed
    body["service_uuid"] = service_id(f"{volume.agent}@{volume.backend}") if placed else None
    if admin:
        body["cluster_name"] = None
    body["volume_type_id"] = volume.type_id
    body["consumes_quota"] = True
    return body


def detail(call: Call, seen: Seen) -> dict[str, Any]:
    """A volume with all that the caller may see of it."""
    volume = seen.volume
    body = show(call, seen)
    if call.may("volume_extension:volume_tenant_attribute", volume.target):
        body["os-vol-tenant-attr:tenant_id"] = volume.project_id
    if call.may("volume_extension:volume_mig_status_attribute", volume.target):
        body["os-vol-mig-status-attr:migstat"] = None
        body["os-vol-mig-status-attr:name_id"] = None
    if call.may("volume_extension:volume_host_attribute", volume.target):
        body["os-vol-host-attr:host"] = volume.host
    if volume.image_metadata and call.may("volume_extension:volume_image_metadata:show", volume.target):
        body["volume_image_metadata"] = volume.image_metadata
    return body


def service_id(host: str) -> str:
    """The id of a pool's service, which follows from its name."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, host))


def _metadata(volume: Volume) -> dict[str, str]:
    return volume.metadata if volume.readonly is None else volume.metadata | {"readonly": str(volume.readonly)}


def _held(one: Attachment, admin: bool) -> dict[str, Any]:
    return {
        "id": one.volume_id,
        "attachment_id": one.id,
        "volume_id": one.volume_id,
        "server_id": one.server_id,
        "host_name": one.host_name if admin else None,
        "device": one.device,
        "attached_at": iso_micros(one.attached_at),
    }
