"""What the flows on servers share: the server itself, its instance action, asking its host."""

from typing import Any

from gureum.compute.flows.spec import domain_spec
from gureum.compute.server import Server
from gureum.compute.settings import settings
from gureum.compute.store import actions
from gureum.compute.store import servers as store
from gureum.contracts.hypervisor import DomainReport, Manner
from gureum.kernel import clock
from gureum.kernel.clock import Micros
from gureum.kernel.faults import Fault
from gureum.kernel.flow import Ask, Done, Flow, Target
from gureum.kernel.flow.moves import Step
from gureum.kernel.store.tx import Tx

POWER_STATES = {"running": 1, "paused": 3, "stopped": 4, "crashed": 6}


class ServerFlow(Flow):
    """A flow whose subject is a server. `args["action"]` is the number of the instance action that it carries out."""

    subject_kind = "server"

    def server(self, tx: Tx) -> Server | None:
        """The server, or None when it is gone."""
        return store.find(tx, self.subject)

    def change(self, tx: Tx, **values: Any) -> None:
        """Change columns of the server."""
        store.change(tx, self.subject, **values)

    @property
    def action(self) -> int | None:
        """The instance action's number."""
        return self.args.get("action")

    def began(self, tx: Tx, event: str, host: str | None) -> None:
        """A part of the instance action begins."""
        actions.start_event(tx, self.action, event, host)

    def ended(self, tx: Tx, fault: Fault | None = None, host: str | None = None) -> None:
        """The instance action's parts have ended."""
        actions.finish_events(tx, self.action, None if fault is None else fault.message, host)

    def saw(self, tx: Tx, report: DomainReport) -> None:
        """What the guest is now, as its host says."""
        server = self.server(tx)
        power = POWER_STATES.get(report.power, 0)
        if server is not None and server.power_state != power:
            self.change(tx, power_state=power)

    def nowhere(self, tx: Tx, server: Server | None) -> Done:
        """The server has no host, by now, and so no guest: nothing can be done to it."""
        if server is not None:
            self.change(tx, task_state=None)
            self.ended(tx, Fault(f"Instance {server.id} is on no host any more."))
        return Done()

    def ensure(
        self,
        tx: Tx,
        server: Server,
        then: Step,
        *,
        manner: Manner = "hard",
        silent: Micros | None = None,
        fault: Step | None = None,
        insist: bool = False,
    ) -> Ask:
        """Ask the server's host to make the guest as the rows say now."""
        return Ask(
            Target(agent=server.host),
            [("server", server.id, domain_spec(tx, server, manner))],
            then=then,
            silent=silent or settings.power_silence,
            fault=fault,
            insist=insist,
        )


def fault_of(fault: Fault, code: int = 500) -> dict[str, Any]:
    """A fault as a server's row keeps it."""
    return {"code": code, "message": fault.message[:255], "details": fault.message, "created": clock.now()}
