"""A control plane small enough to read, over a real unix socket."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

from gureum.contracts.client import LinkLost, read_frame
from gureum.contracts.frames import Ask, Body, Frame, Hello, Ping, Question, QuestionBody, Welcome, pack, unpack

T = TypeVar("T")
PATIENCE = 5.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Session:
    """One agent that dialled."""

    hello: Hello
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    frames: list[Frame] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False

    def send(self, frame: Frame) -> None:
        self.writer.write(pack(frame))

    def ask(self, id: int, subject: str, generation: int, body: Body) -> None:
        self.send(Ask(id=id, subject=subject, generation=generation, body=body))

    def question(self, id: int, body: QuestionBody) -> None:
        self.send(Question(id=id, body=body))

    async def get(self, kind: type[T], fits: Callable[[T], bool] = lambda _: True) -> T:
        """The first frame of a kind that fits, heard already or soon; it is taken out."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for frame in self.frames:
                    if isinstance(frame, kind) and fits(frame):
                        self.frames.remove(frame)
                        return frame
                self.heard.clear()
                await self.heard.wait()


class ControlPlane:
    """Welcomes whoever dials; keeps what it hears. Pings are answered while `pings` holds."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.address = f"unix:{path}"
        self.pings = True
        self.sessions: asyncio.Queue[Session] = asyncio.Queue()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, str(self.path))

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        self.path.unlink(missing_ok=True)

    async def session(self) -> Session:
        async with asyncio.timeout(PATIENCE):
            return await self.sessions.get()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with contextlib.suppress(LinkLost, OSError):
            hello = unpack(await read_frame(reader, PATIENCE))
            assert isinstance(hello, Hello)
            session = Session(hello, reader, writer)
            session.send(Welcome(session="one", bulk="unix:/nowhere"))
            self.sessions.put_nowait(session)
            try:
                while True:
                    frame = unpack(await read_frame(reader, 600))
                    if not isinstance(frame, Ping):
                        session.frames.append(frame)
                        session.heard.set()
                    elif self.pings:
                        session.send(Ping())
            finally:
                session.closed = True
                self._writers.discard(writer)
                writer.close()


@pytest.fixture
async def control(tmp_path: Path, anyio_backend: Any) -> AsyncIterator[ControlPlane]:
    control = ControlPlane(tmp_path / "link.sock")
    await control.start()
    yield control
    await control.stop()
