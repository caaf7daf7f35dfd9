"""Statements about virtual networks, a batch at a time."""

from collections.abc import Sequence
from typing import cast, get_args

from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.drivers.registry import Drivers
from gureum.agent.ops.roles import need
from gureum.contracts import switch
from gureum.contracts.frames import Answer, Ask, Body
from gureum.contracts.message import Done, Gone

_KINDS: tuple[type, ...] = get_args(switch.SwitchAsk)


def is_switch(body: Body) -> bool:
    """Whether the statement goes to the switch driver in a batch."""
    return isinstance(body, _KINDS)


def apply(drivers: Drivers, asks: Sequence[Ask]) -> dict[int, Answer | DriverFault]:
    """Apply a batch in one transaction; answers or faults by ask id. Raises when the batch as a whole fails."""
    driver = need(drivers.switch, "network")
    faults = driver.apply([(ask.generation, cast(switch.SwitchAsk, ask.body)) for ask in asks])
    return {ask.id: faults.get(index) or _answer(ask.body) for index, ask in enumerate(asks)}


def _answer(body: Body) -> Answer:
    return Gone() if type(body).__name__.startswith("Remove") else Done()
