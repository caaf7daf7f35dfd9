"""Rebooting a server."""

from gureum.compute.flows.power import PowerFlow
from gureum.contracts.hypervisor import Manner
from gureum.kernel.flow import Done, Move, step
from gureum.kernel.store.tx import Tx


class RebootServer(PowerFlow):
    """The guest shall have booted `args["boots"]` times. `args["manner"]` is soft or hard."""

    power = "running"
    vm_state = "active"
    before = "running"
    event = "compute_reboot_instance"

    @step
    def start(self, tx: Tx) -> Move:
        """Raise the count, and ask the host for it."""
        if self.server(tx) is None:
            return Done()
        self.change(tx, boots=self.args["boots"])
        return super().start(tx)

    def manner(self) -> Manner:
        """As the client asked."""
        return "soft" if self.args.get("manner") == "soft" else "hard"
