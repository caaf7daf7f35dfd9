"""Making a server's guest again as its rows say: after its host rebooted, or lost it."""

from gureum.compute.flows.server_flow import POWER_STATES, ServerFlow
from gureum.contracts.hypervisor import DomainReport
from gureum.kernel.faults import Fault
from gureum.kernel.flow import Done, Move, WhenBusy, step
from gureum.kernel.store.tx import Tx


class RestoreServer(ServerFlow):
    """Nobody asked for this: a failure shows as what the guest is, stopped."""

    when_busy = WhenBusy.QUEUE

    @step
    def start(self, tx: Tx) -> Move:
        """Ask for the guest as it should be."""
        server = self.server(tx)
        if server is None or server.host is None or server.vm_state not in ("active", "stopped"):
            return Done()
        return self.ensure(tx, server, self.done)

    @step
    def done(self, tx: Tx, report: DomainReport) -> Move:
        """It is so."""
        self.saw(tx, report)
        return Done()

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """The guest could not be made to run, as far as anybody knows: the server is stopped, and so its guest shall be."""
        server = self.server(tx)
        if server is None or server.power != "running":
            return Done()
        self.change(tx, vm_state="stopped", power="stopped", power_state=POWER_STATES["stopped"], task_state=None)
        server = self.server(tx)
        assert server is not None
        return Done() if server.host is None else self.ensure(tx, server, self.stopped, insist=True)

    @step
    def stopped(self, tx: Tx, report: DomainReport) -> Move:
        """It does not run, and may be started."""
        self.saw(tx, report)
        return Done()
