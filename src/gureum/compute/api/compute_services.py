"""Compute services: since 2.53 by uuid, before by host and binary."""

from typing import Any

from gureum.compute.service import compute_services as services
from gureum.compute.service.compute_services import Switches
from gureum.compute.wire import compute_services as wire
from gureum.compute.wire import values
from gureum.kernel.faults import Invalid, NotFound
from gureum.kernel.http import Call, Routes

routes = Routes(early=True)

_RULES = "os_compute_api:os-services"
_UUIDS = (2, 53)


@routes.get("/v2.1/os-services", f"{_RULES}:list", query=wire.QUERY, history=wire.HISTORY)
def index(call: Call) -> dict[str, Any]:
    """What runs where."""
    found = services.search(call.tx, call.caller, binary=call.one("binary"), host=call.one("host"))
    return {"services": [wire.show(one) for one in found]}


@routes.put("/v2.1/os-services/{id}", f"{_RULES}:update", body=wire.UPDATE, history=wire.HISTORY, since=_UUIDS)
def update(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Enable, disable or force down a host."""
    return {"service": wire.show(services.switch(call.tx, call.caller, id, wire.switches(body)))}


@routes.put("/v2.1/os-services/{id}", f"{_RULES}:update", body=wire.OLD_UPDATE, until=(2, 52))
def update_on_host(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """enable, disable, disable-log-reason, force-down: the verb stands where the id would."""
    reason = body.get("disabled_reason")
    shown: dict[str, Any] = {"host": body["host"], "binary": body["binary"]}
    if id == "enable":
        wanted, shown["status"] = Switches(enabled=True), "enabled"
    elif id == "disable":
        wanted, shown["status"] = Switches(enabled=False), "disabled"
    elif id == "disable-log-reason":
        if reason is None:
            raise Invalid("Missing disabled reason field")
        wanted, shown["status"] = Switches(enabled=False, reason=reason), "disabled"
        shown["disabled_reason"] = reason
    elif id == "force-down" and call.version >= (2, 11):
        if "forced_down" not in body:
            raise Invalid("Missing forced_down field")
        wanted = Switches(forced_down=values.truth(body["forced_down"]))
        shown["forced_down"] = wanted.forced_down
    else:
        raise NotFound("Unknown action")
    services.switch_on_host(call.tx, call.caller, body["binary"], body["host"], wanted)
    return {"service": shown}


@routes.delete("/v2.1/os-services/{id}", f"{_RULES}:delete")
def delete(call: Call, id: str) -> None:
    """Forget a service that is gone."""
    services.delete(call.tx, call.caller, id, by_uuid=call.version >= _UUIDS)
