"""Services, pools and zones."""

import socket
from typing import Any

from gureum.block_storage.api.paths import ScopedRoutes
from gureum.block_storage.service import pools
from gureum.block_storage.service.filters import truth
from gureum.block_storage.service.volumes import ZONE
from gureum.block_storage.wire import services as wire
from gureum.kernel.http import Call
from gureum.kernel.http.route import AUTHENTICATED

routes = ScopedRoutes()
_UPDATE = "volume_extension:services:update"


@routes.get("/os-services", "volume_extension:services:index", history=wire.HISTORY)
def index(call: Call) -> dict[str, Any]:
    """The pools as services, and the scheduler."""
    found = [wire.show(one) for one in pools.services(call.tx, call.caller)]
    found.append(wire.show_scheduler(socket.gethostname()))
    binary, host = call.one("binary") or call.one("service"), call.one("host")
    if binary:
        found = [one for one in found if one["binary"] == binary]
    if host:
        found = [one for one in found if host in (one["host"], one["host"].partition("@")[0])]
    return {"services": found}


@routes.put("/os-services/enable", _UPDATE, body=wire.SWITCH)
def enable(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Let a pool get new volumes."""
    return _switch(call, body, disabled=False) | {"status": "enabled", "disabled_reason": None}


@routes.put("/os-services/disable", _UPDATE, body=wire.SWITCH)
def disable(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Let a pool get no new volumes."""
    return _switch(call, body, disabled=True) | {"status": "disabled"}


@routes.put("/os-services/disable-log-reason", _UPDATE, body=wire.SWITCH_WITH_REASON)
def disable_with_reason(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Let a pool get no new volumes, and say why."""
    reason = body.get("disabled_reason")
    return _switch(call, body, disabled=True, reason=reason) | {"status": "disabled", "disabled_reason": reason}


def _switch(call: Call, body: dict[str, Any], *, disabled: bool, reason: str | None = None) -> dict[str, Any]:
    binary = body.get("binary") or body.get("service") or ""
    host = body.get("host") or ""
    pools.set_disabled(call.tx, call.caller, binary, host, disabled, reason)
    return {"host": host, "service": binary, "binary": binary, "disabled": disabled}


@routes.get("/os-availability-zone", AUTHENTICATED)
def zones(call: Call) -> dict[str, Any]:
    """The one zone."""
    return {"availabilityZoneInfo": [{"zoneName": ZONE, "zoneState": {"available": True}}]}


@routes.get("/scheduler-stats/get_pools", "scheduler_extension:scheduler_stats:get_pools")
def get_pools(call: Call) -> dict[str, Any]:
    """The pools, with their space where detail is asked for."""
    detail = call.one("detail")
    found = pools.all(call.tx, call.caller)
    return {"pools": wire.show_pools(found, detail=detail is not None and truth("detail", detail))}
