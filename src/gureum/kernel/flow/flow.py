"""A flow: the named steps of one kind of long operation."""

from collections.abc import Callable
from enum import Enum
from typing import Any, ClassVar, TypeVar

from gureum.kernel.caller import SYSTEM, Caller
from gureum.kernel.faults import Fault
from gureum.kernel.flow.moves import Move
from gureum.kernel.store.tx import Tx

S = TypeVar("S", bound=Callable[..., Move])


class WhenBusy(Enum):
    """What to do when the subject has an unfinished strand."""

    REFUSE = "refuse"
    """Conflict: the caller is told to wait."""
    QUEUE = "queue"
    """Remember it; it starts when the present one ends. A second one of the same flow changes nothing."""
    TAKE_OVER = "take over"
    """The unfinished strand becomes this flow, from its first step: what it waited for is superseded."""


def step(method: S) -> S:
    """Mark a method as a step: (self, tx), or (self, tx, answer or fault) where something was waited for."""
    method.__step__ = True  # type: ignore[attr-defined]
    return method


class Flow:
    """A long operation on one subject.

    A step is database work only, in one short transaction that also commits the move. It may run again after a crash, in
    another process, so it keeps what it must remember in `args` and in rows, never in attributes.
    """

    subject_kind: ClassVar[str]
    when_busy: ClassVar[WhenBusy] = WhenBusy.REFUSE
    yields: ClassVar[bool] = False
    """Whether its naps end when something else is to be done with its subject."""

    registry: ClassVar[dict[str, type["Flow"]]] = {}
    steps: ClassVar[dict[str, Callable[..., Move]]] = {}

    def __init__(self, subject: str, args: dict[str, Any], caller: Caller | None) -> None:
        self.subject = subject
        self.args = args
        self.caller = caller or SYSTEM

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.steps = {
            name: member
            for owner in reversed(cls.__mro__)
            for name, member in vars(owner).items()
            if getattr(member, "__step__", False)
        }
        Flow.registry[cls.__name__] = cls

    @step
    def start(self, tx: Tx) -> Move:
        """The first step."""
        raise NotImplementedError

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        """Where a fault leads: record it on the subject, then ask that outside things go, then release what was held."""
        raise NotImplementedError
