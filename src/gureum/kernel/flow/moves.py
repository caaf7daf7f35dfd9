"""What a step may end with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gureum.contracts.message import Message
from gureum.kernel.clock import SECOND, Micros

Step = Callable[..., "Move"]


@dataclass(frozen=True)
class Target:
    """Who is asked: a host's agent by name, or whichever agent holds a role."""

    agent: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class Go:
    """On to `step`, at once. `args` are kept with the strand's."""

    step: Step
    args: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Nap:
    """On to `step` after `micros`, or earlier when the strand is woken."""

    micros: Micros
    step: Step
    args: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Ask:
    """Ask agents, and go on to `then` with their answers once all have answered.

    `bodies` are (subject kind, subject id, message); one subject's generation rises with each ask. `then` gets the answer
    (a list of them, in order, for more than one body). A fault, or `silent` microseconds without a word, goes to `fault`
    (a step that gets the Fault), by default the flow's `failed`. `insist` repeats the ask for ever instead.
    """

    target: Target
    bodies: Sequence[tuple[str, str, Message]]
    then: Step
    silent: Micros = 300 * SECOND
    fault: Step | None = None
    insist: bool = False


@dataclass(frozen=True)
class Spawn:
    """Start other flows as children, (flow, subject id, args), and go on to `then` when all have ended."""

    children: Sequence[tuple[type[Any], str, dict[str, Any]]]
    then: Step


@dataclass(frozen=True)
class Done:
    """The operation has ended."""


Move = Go | Nap | Ask | Spawn | Done
