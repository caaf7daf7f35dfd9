"""Volumes."""

from typing import Any

from gureum.block_storage.api import query
from gureum.block_storage.api.paths import ScopedRoutes
from gureum.block_storage.service import listing, volumes
from gureum.block_storage.service.filters import Listing, truth
from gureum.block_storage.wire import volumes as wire
from gureum.kernel.faults import Forbidden, Invalid, NotFound
from gureum.kernel.http import Call
from gureum.kernel.numbers import whole

routes = ScopedRoutes(history=wire.HISTORY)
_RENAMED = {"display_name": "name", "display_description": "description", "tenant_id": "project_id"}
_SOURCES = (
    ("backup_id", "Backup {} could not be found."),
    ("group_id", "Group {} could not be found."),
    ("consistencygroup_id", "Group {} could not be found."),
)


def _filters(call: Call) -> dict[str, str]:
    """The filters; before 3.2 any word that is no boolean is a yes, before 3.60 times are not compared."""
    found = query.filters(call, listing.OPEN_FILTERS, _RENAMED)
    if call.version < (3, 60):
        found = {name: value for name, value in found.items() if name not in ("created_at", "updated_at")}
    if call.version < (3, 2) and "bootable" in found:
        found["bootable"] = str(query.is_true(found["bootable"], otherwise=True))
    return found


def _listing(call: Call) -> Listing:
    return Listing(
        filters=_filters(call),
        sorts=query.sorts(call),
        limit=query.limit(call),
        offset=query.offset(call),
        marker=call.one("marker"),
        all_projects=query.all_tenants(call),
    )


def _list(call: Call, shown: Any) -> dict[str, Any]:
    asked = _listing(call)
    counted = query.with_count(call)
    found = listing.search(call.tx, call.caller, asked)
    body: dict[str, Any] = {"volumes": [shown(call, one) for one in found]}
    body |= query.next_page(call, [one.volume.id for one in found], "volumes")
    if counted:
        body["count"] = listing.count(call.tx, call.caller, asked)
    return body


@routes.get("/volumes", "volume:get_all")
def index(call: Call) -> dict[str, Any]:
    """Volumes, briefly."""
    return _list(call, wire.brief)


@routes.get("/volumes/detail", "volume:get_all")
def detail(call: Call) -> dict[str, Any]:
    """Volumes, whole."""
    return _list(call, wire.detail)


@routes.get("/volumes/summary", "volume:get_all", since=(3, 12), history=wire.SUMMARY)
def summary(call: Call) -> dict[str, Any]:
    """How many volumes there are, and how large together."""
    asked = Listing(filters=_filters(call), all_projects=query.all_tenants(call))
    count, size, metadata = listing.summary(call.tx, call.caller, asked)
    return {"volume-summary": {"total_count": count, "total_size": size, "metadata": metadata}}


@routes.post("/volumes", "volume:create", body=wire.CREATE, status=202)
def create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Make a volume."""
    asked: dict[str, Any] = body["volume"]
    _refuse_other_sources(call, asked)
    new = volumes.NewVolume(
        size=None if asked.get("size") is None else whole(asked["size"]),
        name=_text(asked, "name"),
        description=_text(asked, "description"),
        type=asked.get("volume_type"),
        image=asked.get("imageRef") or asked.get("image_id") or None,
        snapshot=asked.get("snapshot_id"),
        source=asked.get("source_volid"),
        availability_zone=asked.get("availability_zone"),
        metadata=asked.get("metadata") or {},
    )
    return {"volume": wire.show(call, volumes.create(call.tx, call.caller, new))}


def _refuse_other_sources(call: Call, asked: dict[str, Any]) -> None:
    """What a volume cannot be made of here is not there."""
    for name, sentence in _SOURCES:
        if asked.get(name):
            raise NotFound(sentence.format(asked[name]))
    if asked.get("multiattach") is not None and truth("multiattach", str(asked["multiattach"])):
        raise Invalid(
            "Invalid input received: multiattach parameter has been removed. The default behavior is to use "
            "multiattach enabled volume types. Contact your administrator to create a multiattach enabled volume type "
            "and use it to create multiattach volumes."
        )


def _text(asked: dict[str, Any], name: str) -> str | None:
    value = asked.get(name, asked.get(f"display_{name}"))
    return value.strip() if isinstance(value, str) else value


@routes.get("/volumes/{id}", "volume:get")
def show(call: Call, id: str) -> dict[str, Any]:
    """One volume."""
    return {"volume": wire.detail(call, volumes.show(call.tx, call.caller, id))}


@routes.put("/volumes/{id}", "volume:update", body=wire.UPDATE)
def update(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change name, description, metadata."""
    asked: dict[str, Any] = body["volume"]
    values: dict[str, Any] = {}
    for name in ("name", "description"):
        if name in asked or f"display_{name}" in asked:
            values[name] = _text(asked, name)
    if "metadata" in asked:
        values["metadata"] = asked["metadata"]
    return {"volume": wire.show(call, volumes.update(call.tx, call.caller, id, **values))}


@routes.delete("/volumes/{id}", "volume:delete")
def delete(call: Call, id: str) -> None:
    """Delete a volume, with `cascade` its snapshots too."""
    asked = call.one("cascade")
    cascade = asked is not None and truth("cascade", asked)
    force = call.one("force") if call.version >= (3, 23) else None
    if force is not None and truth("force", force):
        if not call.may("volume:force_delete"):
            raise Forbidden("Policy doesn't allow volume:force_delete to be performed.")
        volumes.force_delete(call.tx, call.caller, id)
    else:
        volumes.delete(call.tx, call.caller, id, cascade=cascade)
