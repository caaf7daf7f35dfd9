"""The link from the agent's side, against a control plane on a unix socket."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import msgspec
import pytest

from gureum.contracts.client import Link, dialer
from gureum.contracts.frames import MAX_FRAME, Answered, Ask, Hello, Question, Report, Tell, Welcome
from gureum.contracts.hypervisor import ConsoleText, HostState, RemoveDomain
from gureum.contracts.message import AgentFault, Gone

pytestmark = pytest.mark.anyio
ASK = RemoveDomain(server_id="s", name="n")


class Notes:
    """A listener that writes down what it is told."""

    def __init__(self) -> None:
        self.asks: list[Ask] = []
        self.questions: list[Question] = []
        self.events: list[str] = []

    def welcomed(self, welcome: Welcome) -> None:
        self.events.append(f"welcomed {welcome.session}")

    def asked(self, ask: Ask) -> None:
        self.asks.append(ask)

    def questioned(self, question: Question) -> None:
        self.questions.append(question)

    def lost(self) -> None:
        self.events.append("lost")


async def hello() -> Hello:
    return Hello(agent="a", epoch=1, roles=("host",), inventory=None, version="0")


@contextlib.asynccontextmanager
async def linked(address: str, notes: Notes, ping: float = 5.0) -> AsyncIterator[Link]:
    link = Link(dialer(address), hello, notes, ping_seconds=ping, backoff=(0.01, 0.05))
    running = asyncio.create_task(link.run())
    yield link
    running.cancel()
    await asyncio.wait([running])


async def until(true) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.005)


async def test_says_hello_and_hands_on(control) -> None:
    notes = Notes()
    async with linked(control.address, notes) as link:
        session = await control.session()
        assert session.hello == await hello()
        session.ask(1, "server/s", 1, ASK)
        await until(lambda: notes.asks)
        link.send(Report(id=1, answer=Gone()))
        assert (await session.get(Report)).answer == Gone()
    assert notes.events == ["welcomed one", "lost"]


async def test_dials_again_and_brings_the_reports_that_were_not_sent(control) -> None:
    notes = Notes()
    async with linked(control.address, notes) as link:
        await control.session()
        await until(lambda: link.stands)
        await control.stop()
        await until(lambda: not link.stands)
        link.send(Report(id=7, answer=Gone()))
        link.send(Tell(news=HostState()))
        await asyncio.sleep(0.1)
        await control.start()
        session = await control.session()
        assert (await session.get(Report)).id == 7
        assert not [frame for frame in session.frames if isinstance(frame, Tell)]
    assert notes.events == ["welcomed one", "lost", "welcomed one", "lost"]


async def test_hangs_up_on_silence_but_not_on_pings(control) -> None:
    notes = Notes()
    async with linked(control.address, notes, ping=0.03) as link:
        first = await control.session()
        await asyncio.sleep(0.3)
        assert link.stands and not first.closed
        control.pings = False
        await until(lambda: first.closed)
        assert (await control.session()).hello == first.hello


async def test_carries_large_frames_both_ways(control) -> None:
    notes = Notes()
    async with linked(control.address, notes) as link:
        session = await control.session()
        session.ask(1, "x" * 8_000_000, 1, ASK)
        await until(lambda: notes.asks)
        assert len(notes.asks[0].subject) == 8_000_000
        link.send(Answered(id=1, body=ConsoleText(text="y" * 5_000_000)))
        assert len((await session.get(Answered)).body.text) == 5_000_000


@pytest.mark.parametrize(
    "garbage", [b"\0\0\0\4abcd", (MAX_FRAME + 1).to_bytes(4, "big"), b"\0\0\0\0", b"GET / HTTP/1.1\r\n"]
)
async def test_garbage_ends_the_session_only(control, garbage: bytes) -> None:
    notes = Notes()
    async with linked(control.address, notes):
        first = await control.session()
        first.writer.write(garbage)
        second = await control.session()
        second.ask(1, "server/s", 1, ASK)
        await until(lambda: notes.asks)
    assert first.closed


async def test_what_it_does_not_know_gets_an_answer(control) -> None:
    async with linked(control.address, Notes()):
        session = await control.session()
        for frame in (
            {"type": "Ask", "id": 3, "subject": "s", "generation": 1, "body": {"type": "EnsureTeapot"}},
            {"type": "Question", "id": 4, "body": {"type": "Teapot"}},
        ):
            body = msgspec.msgpack.encode(frame)
            session.writer.write(len(body).to_bytes(4, "big") + body)
        report = await session.get(Report)
        answered = await session.get(Answered)
        assert (report.id, answered.id) == (3, 4)
        assert isinstance(report.answer, AgentFault) and isinstance(answered.body, AgentFault)


@pytest.mark.parametrize(
    "address", ["/path", "tcp://a:1", "tls://nohost", "tls://:12", "tls://host:port", "tls://host:1"]
)
def test_addresses_it_cannot_dial(address: str) -> None:
    with pytest.raises(ValueError):
        dialer(address)
