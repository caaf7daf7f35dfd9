"""Consoles: the serial console's text, and addresses that show the screen for a while."""

import hashlib
from collections.abc import Callable

from gureum.compute.server import Server
from gureum.compute.service import access
from gureum.compute.settings import settings
from gureum.compute.store import consoles as store
from gureum.compute.store import servers
from gureum.compute.store.consoles import ConsoleToken
from gureum.contracts.hypervisor import ConsoleText, ReadConsole
from gureum.contracts.message import Message
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid, Unavailable
from gureum.kernel.ids import new_uuid
from gureum.kernel.store.tx import Tx

Ask = Callable[[str, Message], Message]
"""Asks a host's agent something now; blocks. Raises Unavailable, TimedOut, or the agent's Fault."""

_ask: Ask | None = None

_PROTOCOL_OF = {
    "novnc": "vnc",
    "xvpvnc": "vnc",
    "spice-html5": "spice",
    "spice-direct": "spice",
    "rdp-html5": "rdp",
    "serial": "serial",
    "webmks": "mks",
}


def check_output(tx: Tx, caller: Caller, id: str) -> Server:
    """The server whose console is asked for. Raises NotFound, Forbidden, Conflict where there is no host."""
    server = access.get(tx, caller, id, "os_compute_api:os-console-output")
    server.must_be_ready()
    return server


def use(ask: Ask) -> None:
    """Say how hosts are asked; done when the agents' listener is opened."""
    global _ask
    _ask = ask


def output(server: Server, lines: int | None) -> str:
    """The last lines of the serial console (all that is kept where None), asked of its host outside any transaction.

    Raises Unavailable, TimedOut.
    """
    if _ask is None:
        raise Unavailable("The host is not connected.")
    answer = _ask(server.host or "", ReadConsole(server_id=server.id, name=server.domain_name, lines=lines))
    return answer.text if isinstance(answer, ConsoleText) else ""


def open_screen(tx: Tx, caller: Caller, id: str, protocol: str, kind: str) -> str:
    """A token that shows the server's screen once, for a while. Raises NotFound, Forbidden, Invalid, Conflict."""
    server = access.get(tx, caller, id, "os_compute_api:os-remote-consoles")
    if _PROTOCOL_OF[kind] != protocol:
        raise Invalid(f"Invalid console type {kind}")
    if kind != "novnc":
        raise Invalid(f"Unavailable console type {kind}.")
    server.must_be_ready()
    if server.vm_state == "building":
        raise Conflict(f"Instance {id} is not ready")
    now, token = clock.now(), new_uuid()
    store.expire(tx, now)
    store.add(tx, ConsoleToken(_digest(token), id, kind, now + settings.console_token_lifetime))
    return token


def redeem(tx: Tx, token: str) -> tuple[str, str, str] | None:
    """What a token opens: (server id, host, domain name); None for one that is none, is used, or whose time is over."""
    now = clock.now()
    found = store.find(tx, _digest(token))
    store.expire(tx, now)
    if found is None or found.expires_at <= now:
        return None
    store.use(tx, found)
    server = servers.find(tx, found.server_id)
    if server is None or server.host is None:
        return None
    return server.id, server.host, server.domain_name


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
