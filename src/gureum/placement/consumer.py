"""A consumer: whoever holds something of providers, with what it holds."""

from collections.abc import Mapping
from dataclasses import dataclass

from gureum.kernel.clock import Micros

INSTANCE = "INSTANCE"
"""The type of compute's servers."""
UNKNOWN = "unknown"
"""How a consumer without a type is shown: older clients say none."""
NOBODY = "00000000-0000-0000-0000-000000000000"
"""The project and user of consumers made by clients that could not say whose they are."""

Holding = Mapping[str, Mapping[str, int]]
"""By provider, amounts by resource class."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """`generation` rises with every change of what it holds; `updated_at` is when that was."""

    uuid: str
    project_id: str
    user_id: str
    generation: int
    type: str | None = None
    updated_at: Micros = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """What a consumer is to hold from now on, instead of what it holds. None for what was not said.

    With `checked`, `generation` must be the consumer's (None: there must be no such consumer).
    """

    consumer: str
    holds: Holding
    project_id: str | None = None
    user_id: str | None = None
    type: str | None = None
    checked: bool = False
    generation: int | None = None
