"""Consoles: the text of the serial one, and addresses that show the screen."""

from typing import Any

from gureum.compute.service import consoles
from gureum.compute.wire import schemas
from gureum.compute.wire.consoles import address, lines
from gureum.kernel.http import Call, Routes, TxKind

routes = Routes()

_ACTION = "/v2.1/servers/{id}/action"
_REMOTE = "os_compute_api:os-remote-consoles"


@routes.post(
    _ACTION,
    "os_compute_api:os-console-output",
    action="os-getConsoleOutput",
    body=schemas.CONSOLE_OUTPUT,
    tx=TxKind.OWN,
)
def output(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """The last lines of the serial console."""
    server = call.database.read(lambda tx: consoles.check_output(tx, call.caller, id))
    return {"output": consoles.output(server, lines(body["os-getConsoleOutput"].get("length")))}


@routes.post("/v2.1/servers/{id}/remote-consoles", _REMOTE, body=schemas.REMOTE_CONSOLE, since=(2, 6))
def create(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """An address that shows the server's screen."""
    asked = body["remote_console"]
    token = consoles.open_screen(call.tx, call.caller, id, asked["protocol"], asked["type"])
    url = address(call, token)
    return {"remote_console": {"protocol": asked["protocol"], "type": asked["type"], "url": url}}


@routes.post(_ACTION, _REMOTE, action="os-getVNCConsole", body=schemas.VNC_CONSOLE, until=(2, 5))
def vnc(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """The same, as it was asked for before 2.6."""
    kind = body["os-getVNCConsole"]["type"]
    token = consoles.open_screen(call.tx, call.caller, id, "vnc", kind)
    return {"console": {"type": kind, "url": address(call, token)}}
