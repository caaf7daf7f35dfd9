"""Guests that change by themselves: one that ended has shut down; one that runs unasked is stopped again."""

from gureum.compute.flows.server_flow import POWER_STATES, ServerFlow
from gureum.compute.flows.stop_server import StopServer
from gureum.compute.server import Server
from gureum.compute.store import servers as store
from gureum.kernel import clock
from gureum.kernel.faults import Fault
from gureum.kernel.flow import Done, Move, Nap, WhenBusy, busy, intend, others_wait, remembered, step
from gureum.kernel.store.tx import Tx

_OVER = clock.seconds(1)
"""How long after the end of what went on with a server its host may still tell of it."""
_OFF = ("stopped", "crashed", "missing")


def follow(tx: Tx, server: Server, power: str) -> None:
    """Bring the rows of a server at rest in line with what its host told of the guest, perhaps late."""
    if server.vm_state == "suspended" and power in _OFF:
        power = "stopped"
    if server.vm_state in ("active", "paused") and power in _OFF:
        state = POWER_STATES.get(power, POWER_STATES["stopped"])
        store.change(tx, server.id, vm_state="stopped", power="stopped", power_state=state)
    elif server.vm_state == "stopped" and power == "running":
        intend(tx, StopServer, server.id)
    elif power in POWER_STATES and POWER_STATES[power] != server.power_state:
        store.change(tx, server.id, power_state=POWER_STATES[power])


def follow_later(tx: Tx, server: Server, host: str, power: str) -> None:
    """The same for a server that something is going on with: the last that is told counts once that has ended."""
    right = {"suspended": "stopped"}.get(server.power, server.power)
    told = busy(tx, "server", server.id, FollowGuest) or remembered(tx, FollowGuest, server.id)
    if power != right or told:
        intend(tx, FollowGuest, server.id, host=host, power=power)


class FollowGuest(ServerFlow):
    """`args`: what `host` told of the guest's `power` while something else went on."""

    when_busy = WhenBusy.QUEUE
    yields = True

    @step
    def start(self, tx: Tx) -> Move:
        """What went on may have been the cause: wait whether the host tells more."""
        return self._after_others(tx) if others_wait(tx, FollowGuest, self.subject) else Nap(_OVER, self.judge)

    @step
    def judge(self, tx: Tx) -> Move:
        """It told no more, and nobody wants anything else of the server: so it is."""
        server = self.server(tx)
        if server is None or server.host != self.args["host"] or server.task_state is not None:
            return Done()
        if others_wait(tx, FollowGuest, self.subject):
            return self._after_others(tx)
        if not remembered(tx, FollowGuest, server.id):
            follow(tx, server, self.args["power"])
        return Done()

    def _after_others(self, tx: Tx) -> Move:
        """Nobody waits for a word that may be old: its turn comes again after theirs."""
        if not remembered(tx, FollowGuest, self.subject):
            intend(tx, FollowGuest, self.subject, **self.args)
        return Done()

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """Only a defect leads here: the host will tell it again."""
        return Done()
