"""The agent's side of the link: dials for ever, says Hello, hands asks and questions on, sends what there is to say.

Everything here runs on one asyncio loop; `Link.send` belongs to that loop too.
"""

import asyncio
import random
import ssl
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec
import structlog

from gureum.contracts.frames import (
    MAX_FRAME,
    PING_SECONDS,
    Answered,
    Ask,
    Frame,
    Hello,
    Ping,
    Question,
    Report,
    Welcome,
    pack,
    unpack,
)
from gureum.contracts.message import AgentFault

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], Awaitable[Streams]]

CONNECT_SECONDS = 10.0
UNSENT_REPORTS = 10_000
_CHUNK = 256 * 1024

log = structlog.get_logger()


class LinkLost(Exception):
    """The session is over: the other side closed, fell silent, or sent what is no frame."""


class Listener(Protocol):
    """What the link tells its owner. Called on the loop; must not block."""

    def welcomed(self, welcome: Welcome) -> None: ...

    def asked(self, ask: Ask) -> None: ...

    def questioned(self, question: Question) -> None: ...

    def lost(self) -> None: ...


@dataclass(frozen=True)
class TlsFiles:
    """PEM files of a link between machines. The certificate's subject names the host."""

    ca: Path
    certificate: Path
    key: Path


class _Stub(msgspec.Struct):
    """What can be read of a frame that this version does not know."""

    type: str
    id: int


_stub = msgspec.msgpack.Decoder(_Stub)


def dialer(address: str, tls: TlsFiles | None = None) -> Connect:
    """How to reach `unix:/path` or `tls://host:port`. Raises ValueError for any other address, or TLS without files."""
    if address.startswith("unix:"):
        path = address.removeprefix("unix:")
        return lambda: asyncio.open_unix_connection(path)
    if not address.startswith("tls://"):
        raise ValueError(f"an address is unix:/path or tls://host:port, not {address!r}")
    host, _, port = address.removeprefix("tls://").rpartition(":")
    if not host or not port.isdigit():
        raise ValueError(f"no host and port in {address!r}")
    if tls is None:
        raise ValueError("a tls:// address needs a certificate authority, a certificate and a key")
    context = ssl.create_default_context(cafile=str(tls.ca))
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(str(tls.certificate), str(tls.key))
    return lambda: asyncio.open_connection(host.strip("[]"), int(port), ssl=context)


async def read_frame(reader: asyncio.StreamReader, patience: float) -> bytes:
    """The next frame's body. Raises LinkLost at the end, beyond MAX_FRAME, and after `patience` seconds of silence."""
    try:
        async with asyncio.timeout(patience):
            head = await reader.readexactly(4)
        length = int.from_bytes(head, "big")
        if not 0 < length <= MAX_FRAME:
            raise LinkLost(f"a frame of {length} bytes")
        body = bytearray()
        while len(body) < length:
            async with asyncio.timeout(patience):
                chunk = await reader.read(min(_CHUNK, length - len(body)))
            if not chunk:
                raise LinkLost("closed inside a frame")
            body += chunk
    except asyncio.IncompleteReadError as error:
        raise LinkLost("closed") from error
    except TimeoutError as error:
        raise LinkLost(f"silent for {patience:g} s") from error
    return bytes(body)


BACKOFF = (0.05, 2.0)


class Link:
    """One agent's connection.

    `hello` is asked anew for every dial; `backoff` is the first and the longest pause between dials, in seconds.
    """

    def __init__(
        self,
        connect: Connect,
        hello: Callable[[], Awaitable[Hello]],
        listener: Listener,
        *,
        ping_seconds: float = PING_SECONDS,
        backoff: tuple[float, float] = BACKOFF,
        jitter: Callable[[], float] | None = None,
    ) -> None:
        self._connect = connect
        self._hello = hello
        self._listener = listener
        self._ping_seconds = ping_seconds
        self._backoff = backoff
        self._jitter = jitter or random.random
        self._writer: asyncio.StreamWriter | None = None
        self._unsent: deque[Report] = deque(maxlen=UNSENT_REPORTS)

    @property
    def stands(self) -> bool:
        """Whether a session stands, so that what is sent now can arrive."""
        return self._writer is not None

    def send(self, frame: Frame) -> None:
        """Send, in order. Without a session a report is kept for the next one, and everything else is dropped."""
        if self._writer is not None:
            self._write(self._writer, frame)
        elif isinstance(frame, Report):
            self._unsent.append(frame)

    def redial(self) -> None:
        """End the session, if one stands; the next says Hello anew."""
        if self._writer is not None:
            self._writer.transport.abort()

    async def run(self) -> None:
        """Dial, serve, dial again, until cancelled."""
        shortest, longest = self._backoff
        loop = asyncio.get_running_loop()
        pause = shortest
        while True:
            started = loop.time()
            try:
                await self._serve()
            except (LinkLost, OSError, TimeoutError, msgspec.DecodeError) as error:
                if pause in self._backoff:
                    log.info("link is down", why=str(error) or type(error).__name__)
            if loop.time() - started > longest:
                pause = shortest
            await asyncio.sleep(pause * (0.5 + self._jitter() / 2))
            pause = min(pause * 2, longest)

    async def _serve(self) -> None:
        """One session from dial to end, which is always an exception."""
        patience = 3 * self._ping_seconds
        hello = await self._hello()
        async with asyncio.timeout(CONNECT_SECONDS):
            reader, writer = await self._connect()
        pinging: asyncio.Task[None] | None = None
        try:
            self._write(writer, hello)
            welcome = unpack(await read_frame(reader, patience))
            if not isinstance(welcome, Welcome):
                raise LinkLost(f"expected Welcome, got {type(welcome).__name__}")
            self._writer = writer
            while self._unsent:
                self._write(writer, self._unsent.popleft())
            pinging = asyncio.create_task(self._ping(writer))
            log.info("link stands", agent=hello.agent, session=welcome.session)
            self._listener.welcomed(welcome)
            while True:
                self._deliver(await read_frame(reader, patience))
        finally:
            stood, self._writer = self._writer is not None, None
            if pinging is not None:
                pinging.cancel()
            writer.transport.abort()
            if stood:
                self._listener.lost()

    def _deliver(self, body: bytes) -> None:
        try:
            frame = unpack(body)
        except msgspec.DecodeError as error:
            self._refuse(body, error)
            return
        match frame:
            case Ask():
                self._listener.asked(frame)
            case Question():
                self._listener.questioned(frame)
            case Ping():
                pass
            case _:
                raise LinkLost(f"unexpected {type(frame).__name__}")

    def _refuse(self, body: bytes, error: msgspec.DecodeError) -> None:
        """What only a newer control plane can ask gets an answer; anything else that is no frame ends the session."""
        try:
            stub = _stub.decode(body)
        except msgspec.DecodeError:
            raise LinkLost("not a frame") from error
        fault = AgentFault(text="The host's agent does not understand this request.", detail=str(error))
        match stub.type:
            case "Ask":
                self.send(Report(id=stub.id, answer=fault))
            case "Question":
                self.send(Answered(id=stub.id, body=fault))
            case _:
                raise LinkLost(f"unknown frame {stub.type}") from error

    @staticmethod
    def _write(writer: asyncio.StreamWriter, frame: Frame) -> None:
        if writer.transport.get_write_buffer_size() > MAX_FRAME:
            # The other side reads nothing: let the session end instead of the memory.
            writer.transport.abort()
            return
        writer.write(pack(frame))

    async def _ping(self, writer: asyncio.StreamWriter) -> None:
        while True:
            await asyncio.sleep(self._ping_seconds)
            self._write(writer, Ping())
