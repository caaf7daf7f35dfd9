"""Compute services over the wire."""

from typing import Any

from gureum.compute.compute_service import ComputeService
from gureum.compute.service.compute_services import Switches
from gureum.compute.wire import values
from gureum.kernel.http import Call, Change, History
from gureum.kernel.http.history import Version
from gureum.kernel.http.schema import Query, Shapes

_REASON = {"type": "string", "minLength": 1, "maxLength": 255}
_BINARY = {"type": "string", "minLength": 1, "maxLength": 255}
_ON_HOST = {"host": values.HOSTNAME, "binary": _BINARY}


def _old_update(version: Version) -> values.Schema:
    known = {**_ON_HOST, "disabled_reason": _REASON}
    if version >= (2, 11):
        known["forced_down"] = values.BOOLEAN
    return values.closed(known, required=("host", "binary"))


OLD_UPDATE = Shapes(_old_update)
UPDATE = Shapes(
    lambda _: values.closed(
        {
            "status": {"type": "string", "enum": ["enabled", "disabled"]},
            "disabled_reason": _REASON,
            "forced_down": values.BOOLEAN,
        }
    )
)
QUERY = Query(
    lambda version: values.parameters(version, host=values.many(values.TEXT), binary=values.many(values.TEXT))
)


def _old_ids(item: dict[str, Any], _call: Call) -> None:
    item["id"] = item["number"]


HISTORY = History(
    "service",
    "services",
    [
        Change((2, 1), "numbers are for those who knew no uuids", removes=frozenset({"number"})),
        Change((2, 11), "hosts are forced down", shows=frozenset({"forced_down"})),
        Change((2, 53), "services have uuids", down=_old_ids),
    ],
)


def show(service: ComputeService) -> dict[str, Any]:
    """A service. `number` is for the History."""
    return {
        "binary": service.binary,
        "host": service.host,
        "id": service.uuid,
        "number": service.id,
        "zone": service.zone,
        "status": "enabled" if service.enabled else "disabled",
        "state": "up" if service.up else "down",
        "updated_at": values.moment(service.seen_at),
        "disabled_reason": service.disabled_reason,
        "forced_down": service.forced_down,
    }


def switches(body: dict[str, Any]) -> Switches:
    """What a request by uuid wants changed."""
    return Switches(
        enabled=None if "status" not in body else body["status"] == "enabled",
        reason=body.get("disabled_reason"),
        forced_down=None if "forced_down" not in body else values.truth(body["forced_down"]),
    )
