"""Hosts as administrators before 2.43 look at them: services and hypervisors tell newer ones the same."""

from typing import Any, NoReturn

from gureum.compute.service import old_hosts
from gureum.compute.wire import values
from gureum.kernel.faults import Unsupported
from gureum.kernel.http import Call, Routes
from gureum.kernel.http.schema import Query, Shapes

routes = Routes(until=(2, 42), early=True)
_RULES = "os_compute_api:os-hosts"
_SWITCH: values.Schema = {"type": "string", "enum": ["enable", "disable", "Enable", "Disable", "ENABLE", "DISABLE"]}
_QUERY = Query(
    lambda version: values.parameters(version, zone=values.many(values.TEXT), service=values.many(values.TEXT))
)
_UPDATE = Shapes(
    lambda _: {
        "type": "object",
        "properties": {"status": _SWITCH, "maintenance_mode": _SWITCH},
        "anyOf": [{"required": ["status"]}, {"required": ["maintenance_mode"]}],
        "additionalProperties": False,
    }
)


@routes.get("/v2.1/os-hosts", f"{_RULES}:list", query=_QUERY)
def index(call: Call) -> dict[str, Any]:
    """What runs on which host."""
    found = old_hosts.search(call.tx, call.caller, zone=call.one("zone") or None, service=call.one("service") or None)
    shown = [{"host_name": one.host, "service": one.binary.removeprefix("nova-"), "zone": one.zone} for one in found]
    return {"hosts": shown}


@routes.get("/v2.1/os-hosts/{id}", f"{_RULES}:show")
def show(call: Call, id: str) -> dict[str, Any]:
    """What a host has, and what its servers take of it, all together and by project."""
    found = old_hosts.resources(call.tx, call.caller, id)
    return {"host": [{"resource": _resource(id, whose, taken)} for whose, taken in found]}


def _resource(host: str, whose: str, taken: old_hosts.Resources) -> dict[str, Any]:
    return {
        "host": host,
        "project": whose,
        "cpu": taken.vcpus,
        "memory_mb": taken.memory_mib,
        "disk_gb": taken.disk_gib,
    }


@routes.put("/v2.1/os-hosts/{id}", f"{_RULES}:update", body=_UPDATE)
def update(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Let new servers onto a host, or not."""
    if "maintenance_mode" in body:
        old_hosts.must_exist(call.tx, id)
        raise Unsupported("The requested functionality is not supported.")
    status = old_hosts.switch(call.tx, call.caller, id, enabled=body["status"].lower() == "enable")
    return {"host": id, "status": status}


def _power(call: Call, id: str) -> NoReturn:
    old_hosts.must_exist(call.tx, id)
    raise Unsupported("The requested functionality is not supported.")


for _verb, _rule in (("reboot", "reboot"), ("shutdown", "shutdown"), ("startup", "start")):
    routes.get(f"/v2.1/os-hosts/{{id}}/{_verb}", f"{_RULES}:{_rule}")(_power)
