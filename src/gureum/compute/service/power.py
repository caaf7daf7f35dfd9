"""Starting, stopping, rebooting."""

from gureum.compute.flows import RebootServer, StartServer, StopServer
from gureum.compute.service import access
from gureum.compute.store import actions
from gureum.compute.store import servers as store
from gureum.kernel.caller import Caller
from gureum.kernel.flow import intend
from gureum.kernel.store.tx import Tx


def start(tx: Tx, caller: Caller, id: str) -> None:
    """Have a stopped server run. Raises NotFound, Forbidden, Conflict."""
    server = access.get(tx, caller, id, "os_compute_api:servers:start")
    server.must_be("start", "stopped")
    server.must_be_ready()
    store.change(tx, id, task_state="powering-on")
    intend(tx, StartServer, id, action=actions.begin(tx, id, "start"))


def stop(tx: Tx, caller: Caller, id: str) -> None:
    """Have a running server shut down. Raises NotFound, Forbidden, Conflict."""
    server = access.get(tx, caller, id, "os_compute_api:servers:stop")
    server.must_be("stop", "active")
    server.must_be_ready()
    store.change(tx, id, task_state="powering-off")
    intend(tx, StopServer, id, action=actions.begin(tx, id, "stop"))


def reboot(tx: Tx, caller: Caller, id: str, *, soft: bool) -> None:
    """Have a server boot again: `soft` asks the guest, else it is switched off and on. A hard one also starts a stopped
    server. Raises NotFound, Forbidden, Conflict."""
    server = access.get(tx, caller, id, "os_compute_api:servers:reboot")
    if soft:
        server.must_be("reboot", "active")
    else:
        server.must_be("reboot", "active", "stopped", task_states=(None, "rebooting"))
    server.must_be_ready()
    store.change(tx, id, task_state="rebooting" if soft else "rebooting_hard")
    action = actions.begin(tx, id, "reboot")
    intend(tx, RebootServer, id, action=action, manner="soft" if soft else "hard", boots=server.boots + 1)
