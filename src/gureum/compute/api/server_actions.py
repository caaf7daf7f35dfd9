"""What is done to servers by `POST …/action`."""

from typing import Any, NoReturn

from gureum.compute.api.servers import view
from gureum.compute.service import images, locks, networking, power, rebuilding
from gureum.compute.service import servers as doors
from gureum.compute.wire import rebuilding as rebuilds
from gureum.compute.wire import schemas, servers
from gureum.kernel.http import Answer, Call, Routes, accepted

routes = Routes()

_PATH = "/v2.1/servers/{id}/action"
_SERVERS = "os_compute_api:servers"
_PAUSE = "os_compute_api:os-pause-server"
_SUSPEND = "os_compute_api:os-suspend-server"
_LOCK = "os_compute_api:os-lock-server"
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


@routes.post(_PATH, f"{_PAUSE}:pause", action="pause", body=schemas.PAUSE)
def pause(call: Call, id: str, body: Any) -> Answer:
    """Pause a server."""
    power.pause(call.tx, call.caller, id)
    return accepted()


@routes.post(_PATH, f"{_PAUSE}:unpause", action="unpause", body=schemas.UNPAUSE)
def unpause(call: Call, id: str, body: Any) -> Answer:
    """Unpause a server."""
    power.unpause(call.tx, call.caller, id)
    return accepted()


@routes.post(_PATH, f"{_SUSPEND}:suspend", action="suspend", body=schemas.SUSPEND)
def suspend(call: Call, id: str, body: Any) -> Answer:
    """Suspend a server."""
    power.suspend(call.tx, call.caller, id)
    return accepted()


@routes.post(_PATH, f"{_SUSPEND}:resume", action="resume", body=schemas.RESUME)
def resume(call: Call, id: str, body: Any) -> Answer:
    """Resume a server."""
    power.resume(call.tx, call.caller, id)
    return accepted()


@routes.post(_PATH, f"{_LOCK}:lock", action="lock", body=schemas.LOCK)
def lock(call: Call, id: str, body: dict[str, Any]) -> Answer:
    """Lock a server. Since 2.73 with a reason; what older clients send with it is passed over."""
    said = body["lock"] if call.version >= (2, 73) else None
    locks.lock(call.tx, call.caller, id, (said or {}).get("locked_reason"))
    return accepted()


@routes.post(_PATH, f"{_LOCK}:unlock", action="unlock", body=schemas.UNLOCK)
def unlock(call: Call, id: str, body: Any) -> Answer:
    """Unlock a server."""
    locks.unlock(call.tx, call.caller, id)
    return accepted()


@routes.post(
    _PATH, "os_compute_api:os-admin-actions:reset_state", action="os-resetState", body=schemas.RESET_STATE, early=True
)
def reset_state(call: Call, id: str, body: dict[str, Any]) -> Answer:
    """Say in what state a server is."""
    doors.reset_state(call.tx, call.caller, id, error=body["os-resetState"]["state"] == "error")
    return accepted()


@routes.post(_PATH, "os_compute_api:os-deferred-delete:force", action="forceDelete", body=schemas.FORCE_DELETE)
def force_delete(call: Call, id: str, body: Any) -> Answer:
    """Delete a server at once."""
    doors.force_delete(call.tx, call.caller, id)
    return accepted()


@routes.post(_PATH, "os_compute_api:os-deferred-delete:restore", action="restore", body=schemas.RESTORE)
def restore(call: Call, id: str, body: Any) -> NoReturn:
    """Take back a delete that is put off."""
    doors.restore(call.tx, call.caller, id)


@routes.post(_PATH, f"{_SERVERS}:create_image", action="createImage", body=schemas.CREATE_IMAGE)
def create_image(call: Call, id: str, body: dict[str, Any]) -> Answer:
    """Make an image of a server. Before 2.45 the answer says where it is in a header only."""
    asked = body["createImage"]
    image_id = images.create(call.tx, call.caller, id, asked["name"], asked.get("metadata") or {})
    if call.version >= (2, 45):
        return accepted({"image_id": image_id})
    return accepted(None, ("location", f"{call.root_url}/image/v2/images/{image_id}"))


@routes.post(_PATH, f"{_SERVERS}:rebuild", action="rebuild", body=schemas.REBUILD, history=servers.REBUILT, status=202)
def rebuild(call: Call, id: str, body: dict[str, Any]) -> Answer:
    """Give a server a fresh root disk."""
    server, password = rebuilding.rebuild(call.tx, call.caller, id, rebuilds.asked(body))
    shown = servers.show_rebuilt(server, view(call, [server]), password)
    return Answer(202, {"server": shown}, [("Location", shown["links"][0]["href"])])


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
