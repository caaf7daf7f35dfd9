"""From a row to a running guest."""

import socket

from gureum.compute.flows.placing import anyone_up, place
from gureum.compute.flows.server_flow import POWER_STATES, ServerFlow, fault_of
from gureum.compute.settings import settings
from gureum.contracts.hypervisor import DomainReport, RemoveDomain
from gureum.contracts.message import Message
from gureum.kernel import clock
from gureum.kernel.faults import Fault, NoCapacity, TimedOut
from gureum.kernel.flow import Ask, Done, Go, Move, Nap, Target, step
from gureum.kernel.store.tx import Tx
from gureum.kernel.trace import span
from gureum.network.service import for_compute as network
from gureum.placement.service import claims

_LOOK_AGAIN = clock.seconds(0.5)


class BootServer(ServerFlow):
    """`args["networks"]` are the NICs that were asked for, as NetworkRequest's fields.

    `args["refused_by"]`: the hosts that would not make the guest, with what they said. Others are tried after them.
    """

    @step
    def start(self, tx: Tx) -> Move:
        """Choose a host and hold its resources; while no host at all is up, wait for one that is coming."""
        server = self.server(tx)
        if server is None:
            return Done()
        if server.host is not None:
            return Go(self.wire)
        if not anyone_up(tx) and clock.now() < server.created_at + settings.host_patience:
            return Nap(_LOOK_AGAIN, self.start)
        self.began(tx, "conductor_schedule_and_build_instances", socket.gethostname())
        with span("scheduler", "host"):
            found = place(tx, server, self._refused_by)
        if isinstance(found, str):
            return self._give_up(tx, self._last_refusal() or NoCapacity(found))
        self.ended(tx)
        self.began(tx, "compute__do_build_and_run_instance", found.name)
        self.change(tx, host=found.name, task_state="networking")
        return Go(self.wire)

    @step
    def wire(self, tx: Tx) -> Move:
        """Make the ports and bind them to the host, then ask for the guest."""
        server = self.server(tx)
        if server is None or server.host is None:
            return Done()
        if not network.ports_of(tx, server.id):
            requests = [network.NetworkRequest(**one) for one in self.args.get("networks", [])]
            network.allocate(tx, self.caller, server.id, requests, server.security_groups, server.hostname)
        network.bind(tx, server.id, server.host, server.zone)
        self.change(tx, task_state="spawning")
        return self.ensure(tx, server, self.booted, silent=settings.boot_silence, fault=self.refused)

    @step
    def booted(self, tx: Tx, report: DomainReport) -> Move:
        """The guest runs. What only the first boot needed to know is forgotten."""
        server = self.server(tx)
        if server is None:
            return Done()
        self.change(
            tx,
            vm_state="active",
            task_state=None,
            power_state=POWER_STATES.get(report.power, 0),
            launched_at=server.launched_at or clock.now(),
            admin_password=None,
        )
        self.ended(tx)
        return Done()

    @step
    def refused(self, tx: Tx, fault: Fault) -> Move:
        """The host would not make it: have nothing of it left there, and try another one. A host that is silent may still
        be at it, so then there is no other."""
        server = self.server(tx)
        if server is None or server.host is None or isinstance(fault, TimedOut):
            return self.failed(tx, fault)
        self.args["refused_by"] = {**self._refused_by, server.host: fault.message}
        if len(self._refused_by) >= settings.boot_attempts:
            return self.failed(tx, fault)
        self.ended(tx, fault)
        body = RemoveDomain(server_id=server.id, name=server.domain_name)
        return Ask(Target(agent=server.host), [("server", server.id, body)], then=self.cleared, fault=self.not_cleared)

    @step
    def cleared(self, tx: Tx, _: Message) -> Move:
        """Nothing is left there: choose again. The ports stay the server's own."""
        claims.release(tx, self.subject)
        network.unbind(tx, self.subject)
        if self.server(tx) is not None:
            self.change(tx, host=None, task_state="scheduling")
        return Go(self.start)

    @step
    def not_cleared(self, tx: Tx, fault: Fault) -> Move:
        """Nobody knows what is left there: what the host said at first is the server's fault."""
        return self.failed(tx, self._last_refusal() or fault)

    @property
    def _refused_by(self) -> dict[str, str]:
        return self.args.get("refused_by", {})

    def _last_refusal(self) -> Fault | None:
        said = list(self._refused_by.values())
        return Fault(said[-1]) if said else None

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """The server is in error; what there is of the guest goes first, then what was held for it."""
        server = self.server(tx)
        if server is None:
            return Done()
        self._record(tx, fault)
        if server.host is None:
            return Go(self.gone_unbuilt)
        body = RemoveDomain(server_id=server.id, name=server.domain_name)
        return Ask(Target(agent=server.host), [("server", server.id, body)], then=self.gone, insist=True)

    @step
    def gone(self, tx: Tx, _: Message) -> Move:
        """Nothing is left on the host: give back resources and ports."""
        return self._let_go(tx)

    @step
    def gone_unbuilt(self, tx: Tx) -> Move:
        """There never was anything on a host."""
        return self._let_go(tx)

    def _let_go(self, tx: Tx) -> Move:
        network.release(tx, self.subject)
        claims.release(tx, self.subject)
        self.change(tx, host=None)
        return Done()

    def _give_up(self, tx: Tx, fault: Fault) -> Move:
        self._record(tx, fault)
        return self._let_go(tx)

    def _record(self, tx: Tx, fault: Fault) -> None:
        self.change(tx, vm_state="error", task_state=None, power_state=0, fault=fault_of(fault), admin_password=None)
        self.ended(tx, fault)
