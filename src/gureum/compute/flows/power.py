"""Changing what the guest's power shall be, and making it again as it was where that fails."""

from typing import ClassVar

from gureum.compute.flows.server_flow import POWER_STATES, ServerFlow
from gureum.contracts.hypervisor import DomainReport, Manner, Power
from gureum.kernel.faults import Fault
from gureum.kernel.flow import Done, Move, WhenBusy, step
from gureum.kernel.store.tx import Tx


class PowerFlow(ServerFlow):
    """The guest's power shall be `power`; `vm_state` is then the server's. A failure leaves the server as it was.

    `before` is the power from which the flow starts; one that starts from several has it in `args["before"]`.
    """

    when_busy = WhenBusy.QUEUE
    power: ClassVar[Power]
    vm_state: ClassVar[str]
    before: ClassVar[Power]
    event: ClassVar[str]

    @step
    def start(self, tx: Tx) -> Move:
        """Write down what shall be, and ask the host for it."""
        server = self.server(tx)
        if server is None or server.host is None:
            return self.nowhere(tx, server)
        self.began(tx, self.event, server.host)
        self.change(tx, power=self.power)
        server = self.server(tx)
        assert server is not None
        return self.ensure(tx, server, self.done, manner=self.manner())

    def manner(self) -> Manner:
        """How a running guest is stopped."""
        return "soft"

    @step
    def done(self, tx: Tx, report: DomainReport) -> Move:
        """It is so."""
        if self.server(tx) is None:
            return Done()
        self.change(
            tx, vm_state=self.vm_state, task_state=None, power_state=POWER_STATES.get(report.power, 0), fault=None
        )
        self.ended(tx)
        return Done()

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """The server stays what it was; its instance action says why. What the guest is by now nobody knows: make it so again."""
        if self.server(tx) is None:
            return Done()
        self.change(tx, power=self.args.get("before", self.before), task_state=None)
        self.ended(tx, fault)
        server = self.server(tx)
        assert server is not None
        return Done() if server.host is None else self.ensure(tx, server, self.as_before, insist=True)

    @step
    def as_before(self, tx: Tx, report: DomainReport) -> Move:
        """The guest is as it was."""
        self.saw(tx, report)
        return Done()
