"""Actions on a volume."""

from typing import Any

from gureum.block_storage.api.paths import ScopedRoutes
from gureum.block_storage.service import metadata, states, volumes
from gureum.block_storage.wire import actions as wire
from gureum.block_storage.wire.schemas import true
from gureum.kernel.faults import Invalid, NotFound
from gureum.kernel.http import Call
from gureum.kernel.numbers import whole

routes = ScopedRoutes()
_ACTION = "/volumes/{id}/action"
_RULES = "volume_extension:volume_admin_actions"


@routes.post(_ACTION, "volume:extend", action="os-extend", body=wire.EXTEND, status=202)
def extend(call: Call, id: str, body: dict[str, Any]) -> None:
    """Make it larger."""
    size = whole(body["os-extend"]["new_size"])
    volumes.extend(call.tx, call.caller, id, size, in_use=call.version >= (3, 42))


@routes.post(_ACTION, "volume:update", action="os-set_bootable", body=wire.SET_BOOTABLE)
def set_bootable(call: Call, id: str, body: dict[str, Any]) -> None:
    """Servers may boot from it, or not."""
    volumes.set_bootable(call.tx, call.caller, id, true(body["os-set_bootable"]["bootable"]))


@routes.post(
    _ACTION, "volume:update_readonly_flag", action="os-update_readonly_flag", body=wire.SET_READONLY, status=202
)
def set_readonly(call: Call, id: str, body: dict[str, Any]) -> None:
    """Guests may only read it, or write too."""
    volumes.set_readonly(call.tx, call.caller, id, true(body["os-update_readonly_flag"]["readonly"]))


@routes.post(_ACTION, f"{_RULES}:force_delete", action="os-force_delete", body=wire.FORCE_DELETE, status=202)
def force_delete(call: Call, id: str, body: dict[str, Any]) -> None:
    """Delete it in whatever state it is."""
    volumes.force_delete(call.tx, call.caller, id)


@routes.post(_ACTION, f"{_RULES}:reset_status", action="os-reset_status", body=wire.RESET_STATUS, status=202)
def reset_status(call: Call, id: str, body: dict[str, Any]) -> None:
    """Set its state."""
    asked: dict[str, Any] = body["os-reset_status"]
    if not asked:
        raise Invalid("Must specify 'status', 'attach_status' or 'migration_status' for update.")
    status = _one_of(asked.get("status"), "Volume status", states.STATES)
    attached = _one_of(asked.get("attach_status"), "Volume attach status", ("attached", "detached"))
    _one_of(asked.get("migration_status"), "Volume migration status", ())
    states.reset(call.tx, call.caller, id, status, attached)


def _one_of(value: str | None, what: str, known: tuple[str, ...]) -> str | None:
    if value is None:
        return None
    lowered = value.lower()
    if lowered not in known:
        raise Invalid(f"{what}: {value} is invalid, valid statuses are: {known}.")
    return lowered


@routes.post(
    _ACTION,
    "volume_extension:volume_image_metadata:show",
    action="os-show_image_metadata",
    body=wire.SHOW_IMAGE_METADATA,
)
def show_image_metadata(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """What came with the image."""
    found = metadata.show_image(call.tx, call.caller, id)
    if not found:
        raise NotFound(f"Glance metadata for volume/snapshot {id} cannot be found.")
    return {"metadata": found}


@routes.post(
    _ACTION, "volume_extension:volume_image_metadata:set", action="os-set_image_metadata", body=wire.SET_IMAGE_METADATA
)
def set_image_metadata(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Set what servers booting from it take for the image's properties."""
    return {"metadata": metadata.set_image(call.tx, call.caller, id, body["os-set_image_metadata"]["metadata"])}


@routes.post(
    _ACTION,
    "volume_extension:volume_image_metadata:remove",
    action="os-unset_image_metadata",
    body=wire.UNSET_IMAGE_METADATA,
)
def unset_image_metadata(call: Call, id: str, body: dict[str, Any]) -> None:
    """Take one of them away."""
    metadata.unset_image(call.tx, call.caller, id, body["os-unset_image_metadata"]["key"])
