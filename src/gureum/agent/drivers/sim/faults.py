"""What goes wrong in the simulator because a test wants it to."""

import asyncio
import threading
from dataclasses import dataclass, field

from gureum.agent.drivers.protocols import DriverFault
from gureum.contracts.frames import Answer, Ask
from gureum.contracts.message import AgentFault


@dataclass
class Fault:
    """Strikes the next `times` matching asks; `subject` None matches any.

    With `hang` the ask waits until `release`, and then goes on to the driver.
    """

    op: str
    subject: str | None
    text: str
    times: int
    hang: bool
    again: bool
    after: bool
    lose: bool
    struck: int = 0
    _released: bool = False
    _waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = field(default_factory=list)

    def matches(self, op: str, subject: str) -> bool:
        return self.struck < self.times and self.op in (op, "*") and self.subject in (None, subject)

    async def wait(self) -> None:
        """Hang until released."""
        if self._released:
            return
        event = asyncio.Event()
        self._waiting.append((asyncio.get_running_loop(), event))
        if self._released:
            return
        await event.wait()

    def release(self) -> None:
        """Let go what hangs, now and later. From any thread."""
        self._released = True
        for loop, event in self._waiting:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)


class Faults:
    """The faults to come, first added first struck. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(
        self,
        op: str,
        subject: str | None = None,
        text: str = "injected fault",
        *,
        times: int = 1,
        hang: bool = False,
        again: bool = False,
        after: bool = False,
        lose: bool = False,
    ) -> Fault:
        """`op` is the statement's class name, as `EnsureDomain`, or `*`; `subject` is the ask's, as `server/<id>`.

        `after`: the driver does what was asked, and then it is reported as a fault. `lose`: it does it, and the report is lost.
        """
        fault = Fault(op, subject, text, times, hang, again, after, lose)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Forget all of them, and let go what hangs."""
        with self._lock:
            faults, self._faults = self._faults, []
        for fault in faults:
            fault.release()

    async def strike(self, op: str, subject: str) -> DriverFault | None:
        """The fault this ask meets, None for none; hangs as long as a hanging one says."""
        fault = self._next(op, subject, late=False)
        if fault is None:
            return None
        if fault.hang:
            await fault.wait()
            return None
        return DriverFault(fault.text, "injected", again=fault.again)

    def after(self, ask: Ask, answer: Answer) -> Answer | None:
        """What is reported of an ask that was carried out; None: nothing."""
        fault = self._next(type(ask.body).__name__, ask.subject, late=True)
        if fault is None:
            return answer
        return None if fault.lose else AgentFault(text=fault.text, detail="injected", again=fault.again)

    def _next(self, op: str, subject: str, *, late: bool) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.matches(op, subject) and (fault.after or fault.lose) == late:
                    fault.struck += 1
                    return fault
            return None
