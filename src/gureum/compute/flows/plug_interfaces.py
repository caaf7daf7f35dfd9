"""Attaching and detaching ports: as long as a row says that a port comes or goes, the next one is seen to."""

from dataclasses import replace

from gureum.compute.flows.server_flow import ServerFlow
from gureum.compute.store import interfaces
from gureum.compute.store.interfaces import MovingInterface
from gureum.contracts.hypervisor import DomainReport
from gureum.kernel.faults import Fault
from gureum.kernel.flow import Done, Go, Move, WhenBusy, step
from gureum.kernel.store.tx import Tx
from gureum.network.service import for_compute as network


class PlugInterfaces(ServerFlow):
    """`args["port"]` is the port that is seen to now, `args["action"]` the instance action about it."""

    when_busy = WhenBusy.QUEUE

    @step
    def start(self, tx: Tx) -> Move:
        """The next port that comes or goes."""
        server = self.server(tx)
        waiting = interfaces.of(tx, self.subject)
        if server is None or server.host is None:  # it never came to be: so has no guest any port
            interfaces.remove_all(tx, self.subject)
            return Done()
        if not waiting:
            return Done()
        one = waiting[0]
        self.args.update(port=one.port_id, action=one.action_id)
        if one.state == "withdrawing":
            return self.ensure(tx, server, self.withdrawn, insist=True)
        if one.state == "detaching":
            self.began(tx, "compute_detach_interface", server.host)
            return self.ensure(tx, server, self.unplugged, fault=self.kept)
        self.began(tx, "compute_attach_interface", server.host)
        return self.ensure(tx, server, self.plugged, fault=self.not_plugged)

    @step
    def plugged(self, tx: Tx, report: DomainReport) -> Move:
        """The guest has it."""
        self.saw(tx, report)
        one = self._present(tx)
        if one is not None and one.state == "attaching":
            interfaces.remove(tx, self.subject, one.port_id)
        self.ended(tx)
        return Go(self.start)

    @step
    def not_plugged(self, tx: Tx, fault: Fault) -> Move:
        """The guest would not take it: make sure that it has it not, then give it back."""
        one = self._present(tx)
        self.ended(tx, fault)
        if one is not None and one.state == "attaching":
            interfaces.put(tx, replace(one, state="withdrawing"))
        return Go(self.start)

    @step
    def withdrawn(self, tx: Tx, report: DomainReport) -> Move:
        """The guest has it not."""
        self.saw(tx, report)
        self._let_go(tx)
        return Go(self.start)

    @step
    def unplugged(self, tx: Tx, report: DomainReport) -> Move:
        """The guest has lost it."""
        self.saw(tx, report)
        self._let_go(tx)
        self.ended(tx)
        return Go(self.start)

    @step
    def kept(self, tx: Tx, fault: Fault) -> Move:
        """The guest would not let it go: it keeps it, and gets it again where it had lost it after all. One that is no more it
        must lose."""
        interfaces.remove(tx, self.subject, self.args.get("port", ""))
        self.ended(tx, fault)
        server = self.server(tx)
        return Go(self.start) if server is None else self.ensure(tx, server, self.as_before, insist=True)

    @step
    def as_before(self, tx: Tx, report: DomainReport) -> Move:
        """The guest has it, where it is."""
        self.saw(tx, report)
        return Go(self.start)

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """As if the host had refused."""
        one = self._present(tx)
        if one is None:
            return Done()
        return self.kept(tx, fault) if one.state == "detaching" else self.not_plugged(tx, fault)

    def _present(self, tx: Tx) -> MovingInterface | None:
        return interfaces.find(tx, self.subject, self.args.get("port", ""))

    def _let_go(self, tx: Tx) -> None:
        port_id = self.args.get("port", "")
        interfaces.remove(tx, self.subject, port_id)
        for port in network.ports_of(tx, self.subject):
            if port.id == port_id:
                network.release_port(tx, port)
