"""Frames of the agent link: a 4-byte big-endian length, then a msgpack map tagged with `type`.

An agent dials, says `Hello`, gets `Welcome` (or the connection closed), then both sides send frames at will. `Ping` goes both
ways every `PING_SECONDS`; a side that hears nothing for three of them closes.
"""

from typing import Literal

import msgspec
from msgspec import Struct

from gureum.contracts import hypervisor as hv
from gureum.contracts import images, outside, switch, volumes
from gureum.contracts.message import AgentFault, Done, Gone, Message

MAX_FRAME = 64 * 1024 * 1024
PING_SECONDS = 5.0

Body = (
    hv.EnsureDomain
    | hv.RemoveDomain
    | hv.EnsureCopy
    | hv.SendCopy
    | hv.RemoveCopy
    | switch.EnsureSwitch
    | switch.RemoveSwitch
    | switch.EnsurePort
    | switch.RemovePort
    | switch.EnsureRouter
    | switch.RemoveRouter
    | switch.EnsureSecurityGroup
    | switch.RemoveSecurityGroup
    | volumes.EnsureVolume
    | volumes.RemoveVolume
    | volumes.EnsureSnapshot
    | volumes.RemoveSnapshot
    | volumes.EnsureExport
    | volumes.RemoveExport
    | outside.RemoveTap
)
Answer = Done | Gone | AgentFault | hv.DomainReport | volumes.ExportReport
QuestionBody = hv.ReadConsole | hv.OpenVnc | images.InspectImage | outside.LookAround
AnswerBody = Done | AgentFault | hv.ConsoleText | images.ImageFacts | outside.Outside
News = hv.DomainSeen | hv.HostState | switch.PortUp | switch.SwitchState | volumes.PoolState

Role = Literal["host", "network", "storage", "fetch"]


class Hello(Message, frozen=True, kw_only=True):
    """First frame of an agent: who it is and what it can do. `epoch` is the agent's start time, so the newest process wins."""

    agent: str
    epoch: int
    roles: tuple[Role, ...]
    inventory: hv.Inventory | None
    version: str


class Welcome(Message, frozen=True, kw_only=True):
    """The session stands; asks follow. `bulk` is the address the agent dials for bulk bytes."""

    session: str
    bulk: str


class Ask(Message, frozen=True, kw_only=True):
    """One statement for one subject (`kind/id`). Sent again after every reconnect until it was reported."""

    id: int
    subject: str
    generation: int
    body: Body


class Part(Struct, frozen=True):
    """A part of the work on an ask: microseconds from the work's beginning, and how long."""

    name: str
    offset: int
    micros: int


class Report(Message, frozen=True, kw_only=True):
    """What became of an ask, after `micros` microseconds of work that went into `parts`."""

    id: int
    answer: Answer
    micros: int = 0
    parts: tuple[Part, ...] = ()


class Progress(Message, frozen=True, kw_only=True):
    """The ask is still worked on: its deadline starts anew."""

    id: int
    percent: int = 0
    text: str = ""


class Question(Message, frozen=True, kw_only=True):
    """Something to look up now, without durability."""

    id: int
    body: QuestionBody


class Answered(Message, frozen=True, kw_only=True):
    id: int
    body: AnswerBody


class Tell(Message, frozen=True, kw_only=True):
    """Something happened, or is."""

    news: News


class Ping(Message, frozen=True, kw_only=True):
    pass


Frame = Hello | Welcome | Ask | Report | Progress | Question | Answered | Tell | Ping

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Frame)
_body = msgspec.json.Decoder(Body)
_answer = msgspec.json.Decoder(Answer)


def pack(frame: Message) -> bytes:
    """A frame as it goes over the wire."""
    body = _encoder.encode(frame)
    return len(body).to_bytes(4, "big") + body


def unpack(body: bytes) -> Frame:
    """The frame in `body` (without the length). Raises msgspec.DecodeError for anything else."""
    return _decoder.decode(body)


def body_from_json(text: str | bytes) -> Body:
    """An ask's body as the outbox keeps it."""
    return _body.decode(text)


def answer_from_json(text: str | bytes) -> Answer:
    """A report's answer as the outbox keeps it."""
    return _answer.decode(text)
