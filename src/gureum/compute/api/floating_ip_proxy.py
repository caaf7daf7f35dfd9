"""Floating IPs by way of the compute API: what clients before 2.36 (of servers' actions: 2.44) still call."""

from typing import Any

from gureum.compute.service import network_proxy
from gureum.compute.service.network_proxy import Floating
from gureum.compute.wire import values
from gureum.compute.wire.formats import FORMATS
from gureum.compute.wire.schemas import ADDRESS
from gureum.kernel.http import Answer, Call, Routes, accepted
from gureum.kernel.http.schema import Shapes

routes = Routes(until=(2, 35), early=True)
_RULES = "os_compute_api:os-floating-ips"
_ACTION = "/v2.1/servers/{id}/action"
_UNTIL = (2, 43)
_CREATE = Shapes(
    lambda _: {
        "type": ["object", "null"],
        "properties": {"pool": {"type": ["string", "null"]}},
        "additionalProperties": True,
    }
)
_ADD = Shapes(
    lambda _: values.wrapped("addFloatingIp", {"address": ADDRESS, "fixed_address": ADDRESS}, required=("address",)),
    FORMATS,
)
_REMOVE = Shapes(lambda _: values.wrapped("removeFloatingIp", {"address": ADDRESS}, required=("address",)), FORMATS)


def _show(one: Floating) -> dict[str, Any]:
    return {
        "id": one.ip.id,
        "ip": one.ip.floating_ip_address,
        "pool": one.pool,
        "fixed_ip": one.ip.fixed_ip_address,
        "instance_id": one.server_id,
    }


@routes.get("/v2.1/os-floating-ip-pools", "os_compute_api:os-floating-ip-pools")
def pools(call: Call) -> dict[str, Any]:
    """The names of the networks that floating IPs are of."""
    return {"floating_ip_pools": [{"name": one.name} for one in network_proxy.pools(call.tx, call.caller)]}


@routes.get("/v2.1/os-floating-ips", f"{_RULES}:list")
def index(call: Call) -> dict[str, Any]:
    """The project's floating IPs."""
    return {"floating_ips": [_show(one) for one in network_proxy.floating_list(call.tx, call.caller)]}


@routes.get("/v2.1/os-floating-ips/{id}", f"{_RULES}:show")
def show(call: Call, id: str) -> dict[str, Any]:
    """One of them."""
    return {"floating_ip": _show(network_proxy.floating(call.tx, call.caller, id))}


@routes.post("/v2.1/os-floating-ips", f"{_RULES}:create", body=_CREATE)
def create(call: Call, body: dict[str, Any] | None) -> dict[str, Any]:
    """A new one."""
    return {"floating_ip": _show(network_proxy.allocate(call.tx, call.caller, (body or {}).get("pool")))}


@routes.delete("/v2.1/os-floating-ips/{id}", f"{_RULES}:delete")
def delete(call: Call, id: str) -> Answer:
    """Give one back."""
    network_proxy.give_back(call.tx, call.caller, id)
    return accepted()


@routes.post(_ACTION, f"{_RULES}:add", action="addFloatingIp", body=_ADD, until=_UNTIL, early=False)
def add(call: Call, id: str, body: dict[str, Any]) -> Answer:
    """Have one lead to a server."""
    asked = body["addFloatingIp"]
    network_proxy.associate(call.tx, call.caller, id, asked["address"], asked.get("fixed_address"))
    return accepted()


@routes.post(_ACTION, f"{_RULES}:remove", action="removeFloatingIp", body=_REMOVE, until=_UNTIL, early=False)
def remove(call: Call, id: str, body: dict[str, Any]) -> Answer:
    """Have it lead nowhere."""
    network_proxy.dissociate(call.tx, call.caller, id, body["removeFloatingIp"]["address"])
    return accepted()
