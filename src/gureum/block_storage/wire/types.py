"""Volume types on the wire."""

from typing import Any

from gureum.block_storage.service import types
from gureum.block_storage.volume_type import VolumeType
from gureum.block_storage.wire.schemas import BOOLEAN, NAME_255, SPECS, TEXT_255, always, closed, wrapped
from gureum.kernel.http import Call

CREATE = always(
    wrapped(
        "volume_type",
        closed(
            {
                "name": NAME_255,
                "description": TEXT_255,
                "extra_specs": SPECS,
                "os-volume-type-access:is_public": BOOLEAN,
            },
            "name",
        ),
    )
)
UPDATE = always(
    wrapped(
        "volume_type",
        closed({"name": TEXT_255, "description": TEXT_255, "is_public": BOOLEAN}),
    )
)
SET_SPECS = always(wrapped("extra_specs", SPECS))
SET_SPEC = always(SPECS | {"minProperties": 1, "maxProperties": 1})
_PROJECT = closed({"project": NAME_255}, "project")
GRANT = always(wrapped("addProjectAccess", _PROJECT))
REVOKE = always(wrapped("removeProjectAccess", _PROJECT))
_ACCESS = "os-volume-type-access:is_public"


def show(call: Call, kind: VolumeType) -> dict[str, Any]:
    """A type as reads show it."""
    body: dict[str, Any] = {
        "id": kind.id,
        "name": kind.name,
        "is_public": kind.is_public,
        "description": kind.description,
    }
    if call.may("volume_extension:access_types_extra_specs"):
        body["extra_specs"] = types.seen_specs(call.caller, kind)
    if call.may("volume_extension:access_types_qos_specs_id"):
        body["qos_specs_id"] = None
    return body


def show_access(call: Call, kind: VolumeType) -> dict[str, Any]:
    """A type with whether it is for everybody, for those who may know."""
    more = {_ACCESS: kind.is_public} if call.may("volume_extension:volume_type_access") else {}
    return show(call, kind) | more


def changed(kind: VolumeType) -> dict[str, Any]:
    """A type as answers to changes show it."""
    return {
        "id": kind.id,
        "name": kind.name,
        "is_public": kind.is_public,
        "extra_specs": kind.extra_specs,
        "description": kind.description,
    }


def made(kind: VolumeType) -> dict[str, Any]:
    """A new type."""
    return changed(kind) | {_ACCESS: kind.is_public}
