"""The listener that agents dial: one session an agent, asks out, reports in, questions both ways."""

import asyncio
import itertools
import os
import socket
from pathlib import Path

import msgspec

from gureum.contracts import frames
from gureum.contracts.message import AgentFault, Message
from gureum.kernel import clock, log
from gureum.kernel.clock import Micros
from gureum.kernel.events import events
from gureum.kernel.faults import Fault, TimedOut, Unavailable
from gureum.kernel.flow.bell import listen
from gureum.kernel.flow.outbox import Delivery, progress, record, undelivered
from gureum.kernel.ids import new_hex
from gureum.kernel.link import sessions
from gureum.kernel.link.news import AgentTold
from gureum.kernel.link.relay import Relay
from gureum.kernel.link.resolve import resolved
from gureum.kernel.link.wire import check_peer, read_frame
from gureum.kernel.store.database import Database
from gureum.kernel.store.tx import Tx
from gureum.kernel.trace import Spans, recording

_logger = log.get("link")
_HELLO_SECONDS = 10.0
_CLOSING_SECONDS = 3.0
_MOST_DELIVERIES = 10_000
"""Asks whose delivery is remembered for their trace: what is superseded is never answered."""


class Session:
    """One connected agent."""

    def __init__(self, server: "LinkServer", hello: frames.Hello, writer: asyncio.StreamWriter) -> None:
        self.hello = hello
        self._server = server
        self._writer = writer
        self._bell = asyncio.Event()
        self._sent: set[tuple[int, int]] = set()
        self._deliveries: dict[int, tuple[Micros, Spans]] = {}
        self.number = 0
        self._questions: dict[int, asyncio.Future[Message]] = {}
        self._numbers = itertools.count(1)
        self.heard = asyncio.get_running_loop().time()

    def wake(self) -> None:
        """Look into the outbox soon."""
        self._bell.set()

    async def send(self, frame: Message) -> None:
        """Write one frame."""
        self._writer.write(frames.pack(frame))
        await self._writer.drain()

    async def deliver(self) -> None:
        """Send what the outbox has for this agent, now and after every bell."""
        while True:
            self._bell.clear()
            for ask in await self._server.database.reading(self._due):
                await self.send(ask)
            try:
                async with asyncio.timeout(1.0):
                    await self._bell.wait()
            except TimeoutError:
                pass

    def _due(self, tx: Tx) -> list[frames.Ask]:
        if self._server.processes > 1 and not sessions.newest(tx, self.hello.agent, self.number):
            raise ConnectionError("a newer session of this agent was opened")
        found: list[frames.Ask] = []
        for row in undelivered(tx, self.hello.agent, self.hello.roles, self._sent):
            self._sent.add((row.id, row.tries))
            spans = Spans()
            with recording(spans):
                body = resolved(tx, frames.body_from_json(row.body))
            self._deliveries[row.id] = (clock.now(), spans)
            if len(self._deliveries) > _MOST_DELIVERIES:
                del self._deliveries[next(iter(self._deliveries))]
            found.append(frames.Ask(id=row.id, subject=row.subject, generation=row.generation, body=body))  # type: ignore[arg-type]
        return found

    async def ping(self) -> None:
        """Keep the link alive; end it when the agent has been silent for three pings."""
        loop = asyncio.get_running_loop()
        while loop.time() - self.heard < 3 * frames.PING_SECONDS:
            await self.send(frames.Ping())
            await asyncio.sleep(frames.PING_SECONDS)
        raise ConnectionError("the agent fell silent")

    async def listen(self, reader: asyncio.StreamReader) -> None:
        """Take what the agent sends, until it hangs up."""
        while True:
            frame = await read_frame(reader)
            self.heard = asyncio.get_running_loop().time()
            if isinstance(frame, frames.Report):
                delivery = self._delivery(frame)
                await self._server.database.writing(lambda tx, f=frame, d=delivery: record(tx, f.id, f.answer, d))
            elif isinstance(frame, frames.Progress):
                await self._server.database.writing(lambda tx, f=frame: progress(tx, f.id))
            elif isinstance(frame, frames.Tell):
                told = AgentTold(self.hello.agent, frame.news)
                await self._server.database.writing(lambda tx, t=told: events.emit(tx, t))
            elif isinstance(frame, frames.Answered):
                waiting = self._questions.pop(frame.id, None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(frame.body)

    def _delivery(self, report: frames.Report) -> Delivery | None:
        sent_at, spans = self._deliveries.pop(report.id, (None, None))
        if sent_at is None or spans is None:
            return None
        parts = [(one.name, one.offset, one.micros) for one in report.parts]
        return Delivery(self.hello.agent, sent_at, spans.parts, report.micros, parts)

    async def question(self, body: Message, timeout: float) -> Message:
        """Ask and wait for the answer. Raises TimedOut; Fault for an agent's fault."""
        number = next(self._numbers)
        waiting = self._questions[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                await self.send(frames.Question(id=number, body=body))  # type: ignore[arg-type]
                answer = await waiting
        except TimeoutError:
            raise TimedOut("The host did not answer in time.") from None
        finally:
            self._questions.pop(number, None)
        if isinstance(answer, AgentFault):
            raise Fault(answer.text, cause=answer.detail)
        return answer

    def hang_up(self) -> None:
        """End the session."""
        self._writer.close()
        for waiting in self._questions.values():
            if not waiting.done():
                waiting.set_exception(Unavailable("The host is not connected."))


class LinkServer:
    """All sessions of one control process, the `process`th of `processes`; `folder` is where they find each other."""

    def __init__(self, database: Database, folder: Path, bulk: str = "", process: int = 1, processes: int = 1) -> None:
        self.database = database
        self.process = process
        self.processes = processes
        self._bulk = bulk
        self._relay = Relay(
            folder, process, lambda body, agent, seconds: self._find(agent, None).question(body, seconds)
        )
        self._sessions: dict[str, Session] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None
        self._loop = asyncio.get_running_loop()
        self._deaf = listen(lambda: self._loop.call_soon_threadsafe(self._wake))

    def _wake(self) -> None:
        for session in self._sessions.values():
            session.wake()

    async def open(self, path: Path, listener: socket.socket | None = None) -> None:
        """Listen on a unix socket that only this user and root may open, or on a listener that processes share."""
        if self.processes > 1:
            await self._relay.open()
        if listener is not None:
            self._listener = await asyncio.start_server(self.accept, sock=listener)
            return
        path.unlink(missing_ok=True)
        old = os.umask(0o177)
        try:
            self._listener = await asyncio.start_unix_server(self.accept, str(path))
        finally:
            os.umask(old)

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold one agent's session until it ends."""
        try:
            check_peer(writer.get_extra_info("socket"))
            async with asyncio.timeout(_HELLO_SECONDS):
                hello = await read_frame(reader)
            if not isinstance(hello, frames.Hello):
                raise ConnectionError("the first frame is no Hello")
            await self._hold(hello, reader, writer)
        except (OSError, TimeoutError, msgspec.MsgspecError, asyncio.IncompleteReadError) as error:
            _logger.info("agent link closed", reason=repr(error))
        finally:
            writer.close()

    async def _hold(self, hello: frames.Hello, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        present = self._sessions.get(hello.agent)
        if present is not None:
            if present.hello.epoch > hello.epoch:
                raise ConnectionError("a newer process of this agent is connected")
            present.hang_up()
        session = Session(self, hello, writer)
        session.number = await self.database.writing(lambda tx: sessions.opened(tx, hello, self.process))
        self._sessions[hello.agent] = session
        _logger.info("agent up", agent=hello.agent, roles=hello.roles)
        tasks = [
            asyncio.create_task(session.deliver()),
            asyncio.create_task(session.ping()),
            asyncio.create_task(session.listen(reader)),
        ]
        try:
            await session.send(frames.Welcome(session=new_hex(), bulk=self._bulk))
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            session.hang_up()
            if self._sessions.get(hello.agent) is session:
                del self._sessions[hello.agent]
                _logger.info("agent down", agent=hello.agent)
                await self.database.writing(lambda tx: sessions.closed(tx, hello.agent, session.number))

    def connected(self, agent: str) -> bool:
        """Whether the agent has a session here."""
        return agent in self._sessions

    def _find(self, agent: str | None, role: str | None) -> Session:
        for session in self._sessions.values():
            if session.hello.agent == agent or (role is not None and role in session.hello.roles):
                return session
        raise Unavailable("The host is not connected.")

    async def question(
        self, body: Message, *, agent: str | None = None, role: str | None = None, timeout: float = 10
    ) -> Message:
        """Ask an agent, or one that holds the role, something now. Raises Unavailable, TimedOut, or the agent's Fault."""
        try:
            session = self._find(agent, role)
        except Unavailable:
            held = self.processes > 1 and await self.database.reading(lambda tx: sessions.holder(tx, agent, role))
            if not held or held[1] == self.process:
                raise
            return await self._relay.question(held[1], held[0], body, timeout)
        return await session.question(body, timeout)

    def ask_now(
        self, body: Message, *, agent: str | None = None, role: str | None = None, timeout: float = 10
    ) -> Message:
        """`question`, for a thread that may block."""
        coroutine = self.question(body, agent=agent, role=role, timeout=timeout)
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout + 1)

    async def close(self) -> None:
        """End every session and the listener."""
        self._deaf()
        if self._listener is not None:
            self._listener.close()
        await self._relay.close()
        for session in tuple(self._sessions.values()):
            session.hang_up()
        deadline = self._loop.time() + _CLOSING_SECONDS
        while self._sessions and self._loop.time() < deadline:
            await asyncio.sleep(0.01)
