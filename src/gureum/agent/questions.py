"""Answers what the control plane wants to look up now."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor

from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.drivers.registry import Drivers
from gureum.agent.faults import as_fault
from gureum.agent.ops import consoles, images, surroundings
from gureum.contracts.client import Connect
from gureum.contracts.frames import AnswerBody, Answered, Frame, Question, QuestionBody
from gureum.contracts.hypervisor import OpenVnc, ReadConsole
from gureum.contracts.images import InspectImage
from gureum.contracts.message import Done
from gureum.contracts.outside import LookAround

AT_ONCE = 256
"""Questions and open consoles of one agent; more are refused."""


class Questions:
    """Questions in, answers out.

    `threads` are others than the operations', so that a hanging one does not blind the operator.
    """

    def __init__(
        self,
        drivers: Drivers,
        threads: Executor,
        send: Callable[[Frame], None],
        bulk: Callable[[str], Connect],
    ) -> None:
        self._drivers = drivers
        self._threads = threads
        self._send = send
        self._bulk = bulk
        self._tasks: set[asyncio.Task[None]] = set()

    def questioned(self, question: Question) -> None:
        """Answer in the background."""
        task = asyncio.ensure_future(self._one(question))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Open consoles end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _one(self, question: Question) -> None:
        pipe: consoles.Pipe | None = None
        answer: AnswerBody
        try:
            if len(self._tasks) > AT_ONCE:
                raise DriverFault("The host is busy.", f"{AT_ONCE} questions at once", again=True)
            if isinstance(question.body, OpenVnc):
                pipe = await self._open(question.body)
                answer = Done()
            else:
                answer = await asyncio.get_running_loop().run_in_executor(self._threads, self._look, question.body)
        except Exception as error:
            answer = as_fault(error, question=question.id)
        self._send(Answered(id=question.id, body=answer))
        if pipe is not None:
            await pipe.closed()

    async def _open(self, question: OpenVnc) -> consoles.Pipe:
        loop = asyncio.get_running_loop()
        socket = await loop.run_in_executor(self._threads, consoles.vnc_socket, self._drivers, question)
        return await consoles.Pipe.open(socket, self._bulk(question.address), question.grant)

    def _look(self, body: QuestionBody) -> AnswerBody:
        match body:
            case ReadConsole():
                return consoles.read(self._drivers, body)
            case OpenVnc():
                raise DriverFault("The agent cannot do this.")
            case LookAround():
                return surroundings.look(self._drivers)
            case InspectImage():
                return images.inspect(self._drivers, body)
