"""Host aggregates and availability zones over the wire."""

from typing import Any

from gureum.compute.aggregate import Aggregate
from gureum.compute.service.zones import Zone
from gureum.compute.wire import values
from gureum.kernel.http import Change, History
from gureum.kernel.http.schema import Query, Shapes

_ZONE = {
    "oneOf": [{"type": "null"}, {"type": "string", "minLength": 1, "maxLength": 255, "format": "zone name"}],
}
_NEW_NAME = {"type": "string", "minLength": 1, "maxLength": 255, "format": "name with blanks around"}
_METADATA = {
    "type": "object",
    "patternProperties": {"^[a-zA-Z0-9-_:. ]{1,255}$": {"type": ["string", "null"], "maxLength": 255}},
    "additionalProperties": False,
}
_HOST = {"host": values.HOSTNAME}

CREATE = Shapes(
    lambda _: values.wrapped("aggregate", {"name": values.NAME, "availability_zone": _ZONE}, required=("name",)),
    values.FORMATS,
)
UPDATE = Shapes(
    lambda _: values.wrapped(
        "aggregate",
        {"name": _NEW_NAME, "availability_zone": _ZONE},
        anyOf=[{"required": ["name"]}, {"required": ["availability_zone"]}],
    ),
    values.FORMATS,
)
ADD_HOST = Shapes(lambda _: values.wrapped("add_host", _HOST, required=("host",)))
REMOVE_HOST = Shapes(lambda _: values.wrapped("remove_host", _HOST, required=("host",)))
SET_METADATA = Shapes(lambda _: values.wrapped("set_metadata", {"metadata": _METADATA}, required=("metadata",)))
QUERY = Query(lambda version: values.parameters(version, (2, 102)))
HISTORY = History("aggregate", "aggregates", [Change((2, 41), "aggregates have uuids", shows=frozenset({"uuid"}))])


def show_new(aggregate: Aggregate) -> dict[str, Any]:
    """An aggregate just made."""
    return {
        "id": aggregate.id,
        "uuid": aggregate.uuid,
        "name": aggregate.name,
        "created_at": values.moment(aggregate.created_at),
        "updated_at": values.moment(aggregate.updated_at),
        "deleted_at": None,
        "deleted": False,
        "availability_zone": aggregate.zone,
    }


def show(aggregate: Aggregate) -> dict[str, Any]:
    """An aggregate."""
    return show_new(aggregate) | {"hosts": aggregate.hosts, "metadata": aggregate.metadata}


def show_zones(zones: list[Zone]) -> dict[str, Any]:
    """The zones as everybody sees them."""
    shown = [{"zoneName": zone.name, "zoneState": {"available": zone.available}, "hosts": None} for zone in zones]
    return {"availabilityZoneInfo": shown}


def show_zones_fully(zones: list[Zone]) -> dict[str, Any]:
    """The zones with what runs where."""
    return {
        "availabilityZoneInfo": [
            {"zoneName": zone.name, "zoneState": {"available": zone.available}, "hosts": _hosts(zone)} for zone in zones
        ]
    }


def _hosts(zone: Zone) -> dict[str, Any] | None:
    if not zone.available:
        return None
    found: dict[str, Any] = {}
    for service in zone.services:
        found.setdefault(service.host, {})[service.binary] = {
            "available": service.up,
            "active": service.enabled,
            "updated_at": values.moment(service.seen_at),
        }
    return found
