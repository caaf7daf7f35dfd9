"""A new root disk for a server, from an image, under the same id, ports and volumes."""

import socket

from gureum.compute.flows.server_flow import POWER_STATES, ServerFlow, fault_of
from gureum.compute.settings import settings
from gureum.contracts.hypervisor import DomainReport
from gureum.kernel import clock
from gureum.kernel.faults import Fault
from gureum.kernel.flow import Done, Move, WhenBusy, step
from gureum.kernel.store.tx import Tx


class RebuildServer(ServerFlow):
    """The rows say already what the server shall be made of. `args["boots"]` is the start that it shall be in.

    `args["stopped"]`: it did not run before, so once it has booted it is stopped again.
    """

    when_busy = WhenBusy.QUEUE

    @step
    def start(self, tx: Tx) -> Move:
        """Ask for the guest with its new disk, running."""
        server = self.server(tx)
        if server is None or server.host is None:
            return self.nowhere(tx, server)
        self.began(tx, "rebuild_server", socket.gethostname())
        self.ended(tx)
        self.began(tx, "compute_rebuild_instance", server.host)
        self.change(tx, power="running", boots=self.args["boots"], task_state="rebuild_spawning")
        server = self.server(tx)
        assert server is not None
        return self.ensure(tx, server, self.rebuilt, silent=settings.boot_silence)

    @step
    def rebuilt(self, tx: Tx, report: DomainReport) -> Move:
        """It has booted from its new disk."""
        if self.server(tx) is None:
            return Done()
        self.change(
            tx,
            vm_state="active",
            task_state="powering-off" if self.args.get("stopped") else None,
            power_state=POWER_STATES.get(report.power, 0),
            launched_at=clock.now(),
            admin_password=None,
            fault=None,
        )
        if not self.args.get("stopped"):
            self.ended(tx)
            return Done()
        self.change(tx, power="stopped")
        server = self.server(tx)
        assert server is not None
        return self.ensure(tx, server, self.stopped, manner="soft")

    @step
    def stopped(self, tx: Tx, report: DomainReport) -> Move:
        """It is off, as it was before."""
        if self.server(tx) is not None:
            self.change(tx, vm_state="stopped", task_state=None, power_state=POWER_STATES.get(report.power, 0))
            self.ended(tx)
        return Done()

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """The server is in error on its host: it may be rebuilt again, rebooted hard, or deleted."""
        if self.server(tx) is not None:
            self.change(tx, vm_state="error", task_state=None, fault=fault_of(fault), admin_password=None)
            self.ended(tx, fault)
        return Done()
