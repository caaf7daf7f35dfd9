"""Questions to agents whose session another control process of this machine holds: asked of that process, on its own socket."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from gureum.contracts import frames
from gureum.contracts.message import AgentFault, Message
from gureum.kernel.faults import Fault, TimedOut, Unavailable
from gureum.kernel.link.wire import check_peer, read_frame

_CONNECT_SECONDS = 2.0
Ask = Callable[[Message, str, float], Awaitable[Message]]
"""Asks (question, agent, seconds) in this process. Raises Unavailable, TimedOut, Fault."""


class _Address(msgspec.Struct):
    """Goes before the question: whose it is, and how many seconds there are."""

    agent: str
    seconds: float


class Relay:
    """The sockets through which control processes ask each other; `process` is the number of this one."""

    def __init__(self, folder: Path, process: int, ask: Ask) -> None:
        self._folder = folder
        self._process = process
        self._ask = ask
        self._listener: asyncio.Server | None = None

    def _path(self, process: int) -> Path:
        return self._folder / f"questions-{process}.sock"

    async def open(self) -> None:
        """Listen on a unix socket that only this user and root may open."""
        path = self._path(self._process)
        path.unlink(missing_ok=True)
        old = os.umask(0o177)
        try:
            self._listener = await asyncio.start_unix_server(self._accept, str(path))
        finally:
            os.umask(old)

    async def question(self, process: int, agent: str, body: Any, seconds: float) -> Message:
        """Have a process ask its agent. Raises Unavailable, TimedOut, or the agent's Fault."""
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                reader, writer = await asyncio.open_unix_connection(str(self._path(process)))
        except (OSError, TimeoutError):
            raise Unavailable("The host is not connected.") from None
        try:
            async with asyncio.timeout(seconds):
                writer.write(msgspec.json.encode(_Address(agent, seconds)) + b"\n")
                writer.write(frames.pack(frames.Question(id=0, body=body)))
                answered = await read_frame(reader)
        except TimeoutError:
            raise TimedOut("The host did not answer in time.") from None
        except (OSError, asyncio.IncompleteReadError):
            raise Unavailable("The host is not connected.") from None
        finally:
            writer.close()
        assert isinstance(answered, frames.Answered)
        if isinstance(answered.body, AgentFault):
            raise Fault(answered.body.text, cause=answered.body.detail)
        return answered.body

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            check_peer(writer.get_extra_info("socket"))
            address = msgspec.json.decode(await reader.readline(), type=_Address)
            asked = await read_frame(reader)
            if isinstance(asked, frames.Question):
                answer: Any = await self._answer(asked.body, address)
                writer.write(frames.pack(frames.Answered(id=0, body=answer)))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, msgspec.MsgspecError, Unavailable, TimedOut):
            pass  # who asked sees the connection end, or looks at the clock
        finally:
            writer.close()

    async def _answer(self, body: Message, address: _Address) -> Message:
        try:
            return await self._ask(body, address.agent, address.seconds + 1)
        except (Unavailable, TimedOut):
            raise
        except Fault as fault:
            return AgentFault(text=fault.message, detail=fault.cause or "")

    async def close(self) -> None:
        """Stop listening."""
        if self._listener is not None:
            self._listener.close()
