"""Takes away what a host has and no row knows, where an operator found it: guests, and plugs of ports."""

from gureum.compute.store import servers as store
from gureum.contracts.hypervisor import RemoveDomain
from gureum.contracts.message import Message
from gureum.contracts.outside import RemoveTap
from gureum.kernel.faults import Fault
from gureum.kernel.flow import Ask, Done, Flow, Move, Target, step
from gureum.kernel.store.tx import Tx


class _Discard(Flow):
    """`args`: agent."""

    subject_kind = "server"

    @step
    def gone(self, tx: Tx, answer: Message) -> Move:
        """Nothing is left."""
        return Done()

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """It is still there, and will be found again."""
        return Done()

    def ask(self, body: Message) -> Move:
        """Ask its host."""
        return Ask(Target(agent=self.args["agent"]), [(self.subject_kind, self.subject, body)], then=self.gone)


class DiscardGuest(_Discard):
    """The subject is the id of the server that was."""

    @step
    def start(self, tx: Tx) -> Move:
        """Unless somebody owns it."""
        if store.find(tx, self.subject) is not None:
            return Done()
        past = store.find_past(tx, self.subject)
        return self.ask(RemoveDomain(server_id=self.subject, name=past.domain_name if past else ""))


class Unplug(_Discard):
    """The subject is the id of the port that was; the host refuses while a guest that runs holds it."""

    subject_kind = "tap"

    @step
    def start(self, tx: Tx) -> Move:
        """Ask."""
        return self.ask(RemoveTap(port_id=self.subject))
