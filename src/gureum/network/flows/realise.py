"""Telling the switch how a thing shall be, until it is so: one flow, a class for each kind of subject.

The statement is built from the rows when the flow starts, so a change made meanwhile queues one more run, and a failure is
tried again with what the rows say by then. A row that is gone becomes a `Remove…`.
"""

from gureum.contracts.message import Message
from gureum.kernel import clock
from gureum.kernel.faults import Fault
from gureum.kernel.flow import Ask, Done, Flow, Move, Nap, Target, WhenBusy, intend, step
from gureum.kernel.store.tx import Tx
from gureum.network.flows import statements
from gureum.network.port import ROUTER_OWNERS
from gureum.network.store import floating_ips, ports

_PATIENCE = clock.minutes(2)
_PAUSE = clock.seconds(5)


class _Realise(Flow):
    """What the four have in common."""

    subject_kind = "network"
    when_busy = WhenBusy.QUEUE

    def statement(self, tx: Tx) -> Message:
        """How the subject shall be."""
        raise NotImplementedError

    def told(self, tx: Tx) -> None:
        """The switch has it so: write down what follows from that."""

    @step
    def start(self, tx: Tx) -> Move:
        """Say it."""
        asked = [(self.subject_kind, self.subject, self.statement(tx))]
        return Ask(Target(role="network"), asked, then=self.realised, silent=_PATIENCE)

    @step
    def realised(self, tx: Tx, answer: Message) -> Move:
        """It is so."""
        self.told(tx)
        return Done()

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """Nobody answered, or it could not be done: say it again, as it shall be by then."""
        return Nap(_PAUSE, self.start)


class RealiseNetwork(_Realise):
    """A network with its subnets."""

    subject_kind = "network"

    def statement(self, tx: Tx) -> Message:
        return statements.of_network(tx, self.subject)


class RealisePort(_Realise):
    """A port. `args`: network_id."""

    subject_kind = "port"

    def statement(self, tx: Tx) -> Message:
        return statements.of_port(tx, self.subject, self.args["network_id"])


class RealiseRouter(_Realise):
    """A router with its legs, routes and floating IPs."""

    subject_kind = "router"

    def statement(self, tx: Tx) -> Message:
        return statements.of_router(tx, self.subject)

    def told(self, tx: Tx) -> None:
        for port in ports.of_device(tx, self.subject, *ROUTER_OWNERS):
            if port.status != "ACTIVE":
                ports.change(tx, port.id, status="ACTIVE")
        table = floating_ips.floating_ips
        waiting = (table.c.router_id == self.subject, table.c.port_id.is_not(None), table.c.status != "ACTIVE")
        for floating in floating_ips.select(tx, *waiting):
            floating_ips.change(tx, floating.id, status="ACTIVE")


class RealiseSecurityGroup(_Realise):
    """A security group with its rules."""

    subject_kind = "security_group"

    def statement(self, tx: Tx) -> Message:
        return statements.of_group(tx, self.subject)


def network(tx: Tx, id: str) -> None:
    """Have a network realised."""
    intend(tx, RealiseNetwork, id)


def port(tx: Tx, id: str, network_id: str) -> None:
    """Have a port realised."""
    intend(tx, RealisePort, id, network_id=network_id)


def router(tx: Tx, id: str) -> None:
    """Have a router realised."""
    intend(tx, RealiseRouter, id)


def group(tx: Tx, id: str) -> None:
    """Have a security group realised."""
    intend(tx, RealiseSecurityGroup, id)
