"""Runs what the control plane asks: in threads, one at a time for each subject, switch statements in batches."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from functools import partial

import structlog

from gureum.agent import ops
from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.drivers.registry import Drivers
from gureum.agent.faults import as_fault
from gureum.agent.ops import copies, switch
from gureum.agent.queues import Asks
from gureum.agent.timing import Stopwatch
from gureum.contracts.client import Connect, dialer
from gureum.contracts.frames import Answer, Ask, Frame, Progress, Report
from gureum.contracts.hypervisor import SendCopy

BATCH_WINDOW = 0.005
"""Seconds that the first switch ask waits for company."""
BATCH_SIZE = 200
PROGRESS_SECONDS = 0.5
SLOW_SECONDS = 60.0
"""When the operator is told that an operation still runs."""

log = structlog.get_logger()

Before = Callable[[Sequence[Ask]], Awaitable[dict[int, DriverFault]]]
"""What happens to asks before a driver sees them; faults by ask id. The simulator's delays and faults live here."""


After = Callable[[Ask, Answer], Answer | None]
"""What becomes of an answer before it is reported; None: it is lost."""


async def nothing_before(asks: Sequence[Ask]) -> dict[int, DriverFault]:
    return {}


def nothing_after(ask: Ask, answer: Answer) -> Answer | None:
    return answer


class Dispatch:
    """Asks in, reports out. `send` is called on the loop; `threads` may be shared by many agents."""

    def __init__(
        self,
        drivers: Drivers,
        threads: Executor,
        send: Callable[[Frame], None],
        *,
        before: Before = nothing_before,
        after: After = nothing_after,
        bulk: Callable[[str], Connect] = dialer,
    ) -> None:
        self._drivers = drivers
        self._threads = threads
        self._send = send
        self._before = before
        self._bulk = bulk
        self._after = after
        self._asks = Asks()
        self._switch_asks = Asks()
        self._batching: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def asked(self, ask: Ask) -> None:
        """Run the ask when its turn comes, or ignore it when it is superseded or runs already."""
        if switch.is_switch(ask.body):
            if self._switch_asks.offer(ask) and (self._batching is None or self._batching.done()):
                self._batching = self._start(self._batches())
        elif self._asks.offer(ask):
            self._next(ask.subject)

    async def close(self) -> None:
        """Wait for nothing: what runs in a thread ends by itself, and the control plane asks again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Awaitable[None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _next(self, subject: str) -> None:
        ask = self._asks.take(subject)
        if ask is not None:
            self._start(self._one(ask))

    async def _one(self, ask: Ask) -> None:
        answer: Answer
        watch = Stopwatch()
        loop = asyncio.get_running_loop()
        slow = loop.call_later(
            SLOW_SECONDS, partial(log.warning, "an operation is slow", ask=ask.id, subject=ask.subject)
        )
        try:
            struck = await self._before([ask])
            if ask.id in struck:
                raise struck[ask.id]
            answer = await self._carry_out(ask, watch)
        except Exception as error:
            answer = as_fault(error, ask=ask.id, subject=ask.subject)
        finally:
            slow.cancel()
        self._asks.finish(ask)
        self._report(ask, answer, watch)
        self._next(ask.subject)

    async def _carry_out(self, ask: Ask, watch: Stopwatch) -> Answer:
        progress = self._progress(ask)
        if isinstance(ask.body, SendCopy):
            return await copies.send(self._drivers, ask.body, self._bulk(ask.body.address), self._threads, progress)
        work = partial(ops.carry_out, self._drivers, ask.body, progress)
        return await asyncio.get_running_loop().run_in_executor(self._threads, watch.run, work)

    def _report(self, ask: Ask, answer: Answer, watch: Stopwatch) -> None:
        last = self._after(ask, answer)
        if last is not None:
            self._send(Report(id=ask.id, answer=last, micros=watch.elapsed(), parts=tuple(watch.parts)))

    def _progress(self, ask: Ask) -> ops.Progress:
        """A callback for the operation's thread; sends a change at most every PROGRESS_SECONDS."""
        loop = asyncio.get_running_loop()
        last = 0.0

        def progress(percent: int, text: str) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= PROGRESS_SECONDS:
                last = now
                loop.call_soon_threadsafe(self._send, Progress(id=ask.id, percent=percent, text=text))

        return progress

    async def _batches(self) -> None:
        await asyncio.sleep(BATCH_WINDOW)
        while batch := self._switch_asks.take_batch(BATCH_SIZE):
            watch = Stopwatch()
            answers = await self._apply(batch)
            for ask in batch:
                self._switch_asks.finish(ask)
                self._report(ask, answers[ask.id], watch)

    async def _apply(self, batch: Sequence[Ask]) -> dict[int, Answer]:
        try:
            struck = await self._before(batch)
        except Exception as error:
            fault = as_fault(error)
            return {ask.id: fault for ask in batch}
        answers: dict[int, Answer] = {id: as_fault(fault) for id, fault in struck.items()}
        if rest := [ask for ask in batch if ask.id not in struck]:
            answers |= await self._write(rest)
        return answers

    async def _write(self, batch: Sequence[Ask]) -> dict[int, Answer]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, switch.apply, self._drivers, batch)
        except Exception as error:
            if len(batch) == 1 or isinstance(error, DriverFault):
                fault = as_fault(error, asks=[ask.id for ask in batch])
                return {ask.id: fault for ask in batch}
            # One statement broke the transaction of all: find it by writing one at a time.
            return {id: answer for ask in batch for id, answer in (await self._write([ask])).items()}
        return {id: as_fault(answer) if isinstance(answer, DriverFault) else answer for id, answer in found.items()}
