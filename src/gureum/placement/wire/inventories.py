"""Inventories over the wire."""

import re
from collections.abc import Mapping
from typing import Any

from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call, Change, History
from gureum.placement.inventory import MOST, Inventory
from gureum.placement.wire.schemas import NAME_PATTERN, Body, Schema, record

_MOST_RATIO = 3.40282e38


def _figure(least: int) -> Schema:
    return {"type": "integer", "maximum": MOST, "minimum": least}


_FIGURES: Schema = {
    "resource_provider_generation": {"type": "integer"},
    "total": _figure(1),
    "reserved": _figure(0),
    "min_unit": _figure(1),
    "max_unit": _figure(1),
    "step_size": _figure(1),
    "allocation_ratio": {"type": "number", "maximum": _MOST_RATIO},
}
WHOLE: Schema = record(
    {
        "resource_provider_generation": {"type": "integer"},
        "inventories": {"type": "object", "patternProperties": {NAME_PATTERN: record(_FIGURES, "total")}},
    },
    "resource_provider_generation",
    "inventories",
)

CREATE = Body(
    lambda _: record(
        _FIGURES | {"resource_class": {"type": "string", "pattern": NAME_PATTERN}}, "total", "resource_class"
    )
)
UPDATE = Body(lambda _: record(_FIGURES, "total", "resource_provider_generation"))
REPLACE = Body(lambda _: WHOLE)


def _something_left(body: dict[str, Any], _: Call) -> None:
    body["all_reserved"] = False


HISTORY = History("", "", [Change((1, 26), "all of an inventory may be reserved", up=_something_left)])


def read(asked: Mapping[str, Any]) -> Inventory:
    """An inventory as it was sent."""
    names = ("total", "reserved", "allocation_ratio", "min_unit", "max_unit", "step_size")
    return Inventory(**{name: asked[name] for name in names if name in asked})


def read_all(asked: Mapping[str, Any]) -> dict[str, Inventory]:
    """Inventories as they were sent. Raises Invalid for a name that is none: what stands under it, nobody looked at."""
    for name in asked:
        if not re.match(NAME_PATTERN, name):
            raise Invalid(f"No such resource class {name}.")
    return {name: read(one) for name, one in asked.items()}


def show(inventory: Inventory) -> dict[str, Any]:
    """An inventory."""
    return {
        "total": inventory.total,
        "reserved": inventory.reserved,
        "min_unit": inventory.min_unit,
        "max_unit": inventory.max_unit,
        "step_size": inventory.step_size,
        "allocation_ratio": inventory.allocation_ratio,
    }


def show_all(inventories: Mapping[str, Inventory], generation: int) -> dict[str, Any]:
    """All that a provider has."""
    return {
        "resource_provider_generation": generation,
        "inventories": {name: show(inventory) for name, inventory in inventories.items()},
    }
