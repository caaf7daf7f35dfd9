"""Starting, stopping, rebooting, pausing, suspending."""

from gureum.compute.flows import (
    PauseServer,
    RebootServer,
    ResumeServer,
    StartServer,
    StopServer,
    SuspendServer,
    UnpauseServer,
)
from gureum.compute.flows.power import PowerFlow
from gureum.compute.server import Server
from gureum.compute.service import access
from gureum.compute.store import actions
from gureum.compute.store import servers as store
from gureum.kernel.caller import Caller
from gureum.kernel.flow import intend
from gureum.kernel.store.tx import Tx

_HARD = ("active", "stopped", "paused", "suspended", "error")
_REBOOTED_WHILE = (None, "rebooting", "rebooting_hard", "resuming", "pausing", "unpausing", "suspending")


def start(tx: Tx, caller: Caller, id: str) -> None:
    """Have a stopped server run. Raises NotFound, Forbidden, Conflict."""
    server = access.get_unlocked(tx, caller, id, "os_compute_api:servers:start")
    server.must_be("start", "stopped")
    _begin(tx, server, "start", "powering-on", StartServer)


def stop(tx: Tx, caller: Caller, id: str) -> None:
    """Have a running server shut down. Raises NotFound, Forbidden, Conflict."""
    server = access.get_unlocked(tx, caller, id, "os_compute_api:servers:stop")
    server.must_be("stop", "active", "error")
    _begin(tx, server, "stop", "powering-off", StopServer)


def reboot(tx: Tx, caller: Caller, id: str, *, soft: bool) -> None:
    """Have a server boot again: `soft` asks the guest, else it is switched off and on. A hard one also starts a server that
    does not run. Raises NotFound, Forbidden, Conflict."""
    server = access.get_unlocked(tx, caller, id, "os_compute_api:servers:reboot")
    if soft:
        server.must_be("reboot", "active")
    else:
        server.must_be("reboot", *_HARD, task_states=_REBOOTED_WHILE)
    server.must_be_ready()
    store.change(tx, id, task_state="rebooting" if soft else "rebooting_hard")
    action = actions.begin(tx, id, "reboot")
    manner = "soft" if soft else "hard"
    intend(tx, RebootServer, id, action=action, manner=manner, boots=server.boots + 1, before=server.power)


def pause(tx: Tx, caller: Caller, id: str) -> None:
    """Have a running server hold still, with its memory as it is. Raises NotFound, Forbidden, Conflict."""
    server = access.get_unlocked(tx, caller, id, "os_compute_api:os-pause-server:pause")
    server.must_be("pause", "active")
    _begin(tx, server, "pause", "pausing", PauseServer)


def unpause(tx: Tx, caller: Caller, id: str) -> None:
    """Have a paused server go on. Raises NotFound, Forbidden, Conflict."""
    server = access.get_unlocked(tx, caller, id, "os_compute_api:os-pause-server:unpause")
    server.must_be("unpause", "paused")
    _begin(tx, server, "unpause", "unpausing", UnpauseServer)


def suspend(tx: Tx, caller: Caller, id: str) -> None:
    """Have a running server's memory put on disk. Raises NotFound, Forbidden, Conflict."""
    server = access.get_unlocked(tx, caller, id, "os_compute_api:os-suspend-server:suspend")
    server.must_be("suspend", "active")
    _begin(tx, server, "suspend", "suspending", SuspendServer)


def resume(tx: Tx, caller: Caller, id: str) -> None:
    """Have a suspended server go on where it was. Raises NotFound, Forbidden, Conflict."""
    server = access.get_unlocked(tx, caller, id, "os_compute_api:os-suspend-server:resume")
    server.must_be("resume", "suspended")
    _begin(tx, server, "resume", "resuming", ResumeServer)


def _begin(tx: Tx, server: Server, action: str, task_state: str, flow: type[PowerFlow]) -> None:
    server.must_be_ready()
    store.change(tx, server.id, task_state=task_state)
    intend(tx, flow, server.id, action=actions.begin(tx, server.id, action))
