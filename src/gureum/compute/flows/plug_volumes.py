"""Attaching and detaching volumes: as long as a row says that a volume comes or goes, the next one is seen to."""

from gureum.block_storage.service import for_compute as block_storage
from gureum.compute.flows.server_flow import ServerFlow
from gureum.compute.server import Server
from gureum.compute.store import actions, volumes
from gureum.compute.store.volumes import ServerVolume
from gureum.contracts.hypervisor import DomainReport
from gureum.contracts.message import Message
from gureum.contracts.volumes import ExportReport
from gureum.kernel import clock
from gureum.kernel.faults import Fault
from gureum.kernel.flow import Ask, Done, Go, Move, Nap, WhenBusy, step
from gureum.kernel.store.tx import Tx

_LOOK_AGAIN = clock.seconds(0.2)


class PlugVolumes(ServerFlow):
    """`args["volume"]` is the volume that is seen to now."""

    when_busy = WhenBusy.QUEUE

    @step
    def start(self, tx: Tx) -> Move:
        """The next volume that comes or goes."""
        server = self.server(tx)
        waiting = [one for one in volumes.of(tx, self.subject) if one.state in ("attaching", "detaching")]
        if server is None or server.host is None or not waiting:
            return Done()
        one = waiting[0]
        self.args["volume"] = one.volume_id
        if one.state == "detaching":
            actions.start_event(tx, one.action_id, "compute_detach_volume", server.host)
            return self.ensure(tx, server, self.unplugged, fault=self.kept)
        actions.start_event(tx, one.action_id, "compute_attach_volume", server.host)
        if block_storage.must_wait(tx, one.held, server.host):
            return Nap(_LOOK_AGAIN, self.start)
        target, body = block_storage.export_ask(tx, one.held, server.host)
        return Ask(target, [body], then=self.exported, fault=self.not_exported)

    @step
    def exported(self, tx: Tx, report: ExportReport) -> Move:
        """The host can open it: the guest gets it."""
        server, one = self._present(tx)
        if server is None or one is None:
            return Go(self.start)
        block_storage.exported(tx, one.held, report)
        block_storage.set_device(tx, one.held, one.device)
        return self.ensure(tx, server, self.plugged, fault=self.not_plugged)

    @step
    def plugged(self, tx: Tx, report: DomainReport) -> Move:
        """The guest has it."""
        self.saw(tx, report)
        _server, one = self._present(tx)
        if one is not None:
            block_storage.complete(tx, one.held, one.device)
            volumes.change(tx, one, state="attached")
            actions.finish_events(tx, one.action_id)
        return Go(self.start)

    @step
    def not_exported(self, tx: Tx, fault: Fault) -> Move:
        """The volume's pool would not give it: nothing reached the guest."""
        return self._not_attached(tx, fault)

    @step
    def not_plugged(self, tx: Tx, fault: Fault) -> Move:
        """The guest would not take it: make sure that it has it not, then let the volume go."""
        server, one = self._present(tx)
        if server is None or one is None:
            return Go(self.start)
        self.args["fault"] = fault.message
        block_storage.set_device(tx, one.held, "")
        return self.ensure(tx, server, self.cleared, insist=True)

    @step
    def cleared(self, tx: Tx, report: DomainReport) -> Move:
        """The guest has it not."""
        self.saw(tx, report)
        return self._not_attached(tx, Fault(self.args.pop("fault", "")))

    @step
    def unplugged(self, tx: Tx, report: DomainReport) -> Move:
        """The guest has lost it: its host need not open it any more."""
        self.saw(tx, report)
        _server, one = self._present(tx)
        ask = None if one is None else block_storage.unexport_ask(tx, one.held)
        if ask is None:
            return self._detached(tx)
        return Ask(ask[0], [ask[1]], then=self.unexported, insist=True)

    @step
    def unexported(self, tx: Tx, _: Message) -> Move:
        """The host cannot open it any more."""
        return self._detached(tx)

    @step
    def kept(self, tx: Tx, fault: Fault) -> Move:
        """The guest would not let it go: it keeps it, and gets it again where it had lost it after all."""
        server, one = self._present(tx)
        if server is None or one is None:
            return Go(self.start)
        block_storage.roll_detach(tx, one.held)
        volumes.change(tx, one, state="attached")
        actions.finish_events(tx, one.action_id, fault.message)
        return self.ensure(tx, server, self.as_before, insist=True)

    @step
    def as_before(self, tx: Tx, report: DomainReport) -> Move:
        """The guest has it."""
        self.saw(tx, report)
        return Go(self.start)

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """As if host or pool had refused."""
        _server, one = self._present(tx)
        if one is None:
            return Done()
        return self.kept(tx, fault) if one.state == "detaching" else self.not_plugged(tx, fault)

    def _present(self, tx: Tx) -> tuple[Server | None, ServerVolume | None]:
        return self.server(tx), volumes.find(tx, self.subject, self.args.get("volume", ""))

    def _not_attached(self, tx: Tx, fault: Fault) -> Move:
        _server, one = self._present(tx)
        if one is not None:
            block_storage.abort_reserve(tx, one.held)
            volumes.remove(tx, one)
            actions.finish_events(tx, one.action_id, fault.message)
        return Go(self.start)

    def _detached(self, tx: Tx) -> Move:
        _server, one = self._present(tx)
        if one is not None:
            block_storage.detached(tx, one.held)
            volumes.remove(tx, one)
            actions.finish_events(tx, one.action_id)
        return Go(self.start)
