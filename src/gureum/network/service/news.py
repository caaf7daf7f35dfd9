"""What the switch tells: guests' ports that come up and go down."""

import sqlalchemy as sa

from gureum.contracts import switch
from gureum.kernel.events import events
from gureum.kernel.link.news import AgentTold
from gureum.kernel.store.tx import Tx
from gureum.network.events import PortUp
from gureum.network.port import Port
from gureum.network.store import ports

_OURS = "network:%"


def told(tx: Tx, event: AgentTold) -> None:
    """Take an agent's news, where it is about ports."""
    if isinstance(event.news, switch.PortUp):
        _changed(tx, event.news.port_id, event.news.up)
    elif isinstance(event.news, switch.SwitchState):
        _whole(tx, set(event.news.ports_up))


def _changed(tx: Tx, port_id: str, up: bool) -> None:
    port = ports.find(tx, port_id)
    if port is not None and not port.device_owner.startswith("network:"):
        _set(tx, port, up)


def _whole(tx: Tx, up: set[str]) -> None:
    """How all guests' ports are: the news of a switch that was away."""
    table = ports.ports
    here = sa.or_(table.c.id.in_(up), table.c.status == "ACTIVE")
    for port in ports.select(tx, table.c.device_owner.not_like(_OURS), here):
        _set(tx, port, port.id in up)


def _set(tx: Tx, port: Port, up: bool) -> None:
    status = "ACTIVE" if up else "DOWN"
    if port.status != status:
        ports.change(tx, port.id, status=status)
    events.emit(tx, PortUp(port.id, port.device_id, up))
