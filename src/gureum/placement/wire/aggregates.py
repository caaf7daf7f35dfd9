"""Aggregates over the wire."""

from collections.abc import Iterable
from typing import Any

from gureum.kernel.http import Change, History
from gureum.placement.wire.schemas import UUID, Body, record

_LIST = {"type": "array", "items": UUID, "uniqueItems": True}

REPLACE_LIST = Body(lambda _: _LIST)
REPLACE = Body(
    lambda _: record(
        {"aggregates": _LIST, "resource_provider_generation": {"type": "integer"}},
        "aggregates",
        "resource_provider_generation",
    )
)
HISTORY = History(
    "",
    "",
    [Change((1, 19), "the provider's generation is with them", shows=frozenset({"resource_provider_generation"}))],
)


def show(aggregates: Iterable[str], generation: int) -> dict[str, Any]:
    """A provider's aggregates."""
    return {"aggregates": list(aggregates), "resource_provider_generation": generation}
