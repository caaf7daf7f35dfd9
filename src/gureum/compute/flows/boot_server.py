"""From a row to a running guest."""

import socket

from gureum.block_storage.service import for_compute as block_storage
from gureum.compute.flows.placing import place
from gureum.compute.flows.server_flow import POWER_STATES, fault_of
from gureum.compute.flows.volume_flow import VolumeEndingFlow
from gureum.compute.settings import settings
from gureum.compute.store import volumes
from gureum.compute.store.volumes import BOOTING, ServerVolume
from gureum.contracts.hypervisor import DomainReport, RemoveDomain
from gureum.contracts.message import Message
from gureum.contracts.volumes import ExportReport
from gureum.kernel import clock
from gureum.kernel.faults import Fault, NoCapacity, TimedOut
from gureum.kernel.flow import Ask, Done, Go, Move, Nap, Target, step
from gureum.kernel.store.tx import Tx
from gureum.kernel.trace import span
from gureum.network.service import for_compute as network
from gureum.placement.service import claims

_LOOK_AGAIN = clock.seconds(0.5)


class BootServer(VolumeEndingFlow):
    """`args["networks"]` are the NICs that were asked for, as NetworkRequest's fields; `args["volume"]` is the volume that is
    exported now, `args["exported"]` are those that are.

    `args["waited"]`: for how long, until a host is up, or has room both when it is found and when it is claimed.
    `args["refused_by"]`: the hosts that would not make the guest, with what they said; others are tried after them.
    """

    @step
    def start(self, tx: Tx) -> Move:
        """Choose a host and hold its resources; while no host at all is up, wait for one that is coming."""
        server = self.server(tx)
        if server is None:
            return Done()
        if server.host is not None:
            return Go(self.storage)
        self.began(tx, "conductor_schedule_and_build_instances", socket.gethostname())
        waited: int = self.args.get("waited", 0)
        with span("scheduler", "host"):
            found = place(tx, server, self._refused_by, patient=waited < settings.host_patience)
        if found is None:
            return Nap(_LOOK_AGAIN, self.start, {"waited": waited + _LOOK_AGAIN})
        if isinstance(found, str):
            return self._give_up(tx, self._last_refusal() or NoCapacity(found))
        self.ended(tx)
        self.began(tx, "compute__do_build_and_run_instance", found.name)
        waits = any(one.state == BOOTING for one in volumes.of(tx, server.id))
        self.change(tx, host=found.name, task_state="block_device_mapping" if waits else "networking")
        return Go(self.storage)

    @step
    def storage(self, tx: Tx) -> Move:
        """Have the host able to open each volume, once it is there."""
        server = self.server(tx)
        if server is None or server.host is None:
            return Done()
        for one in volumes.of(tx, server.id):
            if one.state != BOOTING or one.volume_id in self.args.get("exported", []):
                continue
            if one.attachment_id is None and not block_storage.is_made(tx, one.volume_id):
                return Nap(_LOOK_AGAIN, self.storage)
            if one.attachment_id is None:
                held = block_storage.reserve(tx, self.caller, one.volume_id, server.id)
                volumes.change(tx, one, attachment_id=held)
                return Go(self.storage)
            if block_storage.must_wait(tx, one.attachment_id, server.host):
                return Nap(_LOOK_AGAIN, self.storage)
            self.args["volume"] = one.volume_id
            target, body = block_storage.export_ask(tx, one.attachment_id, server.host)
            return Ask(target, [body], then=self.exported, fault=self.refused)
        return Go(self.wire)

    @step
    def exported(self, tx: Tx, report: ExportReport) -> Move:
        """The host can open it."""
        one = volumes.find(tx, self.subject, self.args["volume"])
        if one is not None:
            block_storage.exported(tx, one.held, report)
            block_storage.set_device(tx, one.held, one.device)
        return Go(self.storage, {"exported": [*self.args.get("exported", []), self.args["volume"]]})

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
        for one in volumes.of(tx, server.id):
            if one.state == BOOTING:
                block_storage.complete(tx, one.held, one.device)
                volumes.change(tx, one, state="attached")
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
        """Nothing of the guest is left there."""
        return Go(self.take_back)

    @step
    def take_back(self, tx: Tx) -> Move:
        """Once the host can open no volume any more, choose again. The ports stay the server's own."""
        for one in volumes.of(tx, self.subject):
            if one.state == BOOTING and one.attachment_id is not None and block_storage.exported_to(tx, one.held):
                self.args["volume"] = one.volume_id
                ask = block_storage.unexport_ask(tx, one.held)
                return self._taken_back(tx) if ask is None else Ask(ask[0], [ask[1]], then=self.taken_back, insist=True)
        self.args["exported"] = []
        claims.release(tx, self.subject)
        network.unbind(tx, self.subject)
        if self.server(tx) is not None:
            self.change(tx, host=None, task_state="scheduling")
        return Go(self.start)

    @step
    def taken_back(self, tx: Tx, _: Message) -> Move:
        """It cannot open this one; the next."""
        return self._taken_back(tx)

    def _taken_back(self, tx: Tx) -> Move:
        one = volumes.find(tx, self.subject, self.args["volume"])
        if one is not None and one.attachment_id is not None:
            block_storage.unexported(tx, one.attachment_id)
        return Go(self.take_back)

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
        """Nothing is left on the host."""
        return Go(self.volumes)

    @step
    def gone_unbuilt(self, tx: Tx) -> Move:
        """There never was anything on a host."""
        return Go(self.volumes)

    def doomed(self, one: ServerVolume) -> bool:
        """What was made for the server goes with it; what its owner had before stays."""
        return one.made and one.delete_on_termination

    def let_go(self, tx: Tx) -> Move:
        """Give back volumes, ports and resources."""
        block_storage.release(tx, self.subject)
        volumes.remove_all(tx, self.subject)
        network.release(tx, self.subject)
        claims.release(tx, self.subject)
        self.change(tx, host=None)
        return Done()

    def _give_up(self, tx: Tx, fault: Fault) -> Move:
        self._record(tx, fault)
        return Go(self.gone_unbuilt)

    def _record(self, tx: Tx, fault: Fault) -> None:
        self.change(tx, vm_state="error", task_state=None, power_state=0, fault=fault_of(fault), admin_password=None)
        self.ended(tx, fault)
