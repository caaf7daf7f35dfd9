"""What is done to servers by `POST …/action`."""

from typing import Any

from gureum.compute.service import networking, power
from gureum.compute.wire import schemas
from gureum.kernel.http import Answer, Call, Routes, accepted

routes = Routes()

_PATH = "/v2.1/servers/{id}/action"
_SERVERS = "os_compute_api:servers"
_GROUPS = "os_compute_api:os-security-groups"


@routes.post(_PATH, f"{_SERVERS}:start", action="os-start", body=schemas.START)
def start(call: Call, id: str, body: Any) -> Answer:
    """Start a server."""
    power.start(call.tx, call.caller, id)
    return accepted()


@routes.post(_PATH, f"{_SERVERS}:stop", action="os-stop", body=schemas.STOP)
def stop(call: Call, id: str, body: Any) -> Answer:
    """Stop a server."""
    power.stop(call.tx, call.caller, id)
    return accepted()


@routes.post(_PATH, f"{_SERVERS}:reboot", action="reboot", body=schemas.REBOOT)
def reboot(call: Call, id: str, body: dict[str, Any]) -> Answer:
    """Reboot a server."""
    power.reboot(call.tx, call.caller, id, soft=body["reboot"]["type"].lower() == "soft")
    return accepted()


@routes.post(_PATH, f"{_GROUPS}:add", action="addSecurityGroup", body=schemas.ADD_GROUP)
def add_group(call: Call, id: str, body: dict[str, Any]) -> Answer:
    """Put a server into a security group."""
    networking.add_group(call.tx, call.caller, id, body["addSecurityGroup"]["name"])
    return accepted()


@routes.post(_PATH, f"{_GROUPS}:remove", action="removeSecurityGroup", body=schemas.REMOVE_GROUP)
def remove_group(call: Call, id: str, body: dict[str, Any]) -> Answer:
    """Take a server out of a security group."""
    networking.remove_group(call.tx, call.caller, id, body["removeSecurityGroup"]["name"])
    return accepted()
