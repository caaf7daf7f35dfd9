"""The reshaper over the wire."""

from collections.abc import Mapping
from typing import Any

from gureum.kernel.http.history import Version
from gureum.placement.consumer import Claim
from gureum.placement.inventory import Inventory
from gureum.placement.wire import allocations, inventories
from gureum.placement.wire.schemas import UUID_PATTERN, Body, Schema, record


def _asked(version: Version) -> Schema:
    shaped: Schema = {
        "type": "object",
        "patternProperties": {UUID_PATTERN: inventories.WHOLE},
        "minProperties": 1,
        "additionalProperties": False,
    }
    return record({"inventories": shaped, "allocations": allocations.several(version, 0)}, "inventories", "allocations")


RESHAPE = Body(_asked)


def read(asked: Mapping[str, Any]) -> tuple[dict[str, tuple[int, dict[str, Inventory]]], list[Claim]]:
    """What providers are to have, with their generations, and what consumers are to hold."""
    wanted = {
        uuid: (one["resource_provider_generation"], inventories.read_all(one["inventories"]))
        for uuid, one in asked["inventories"].items()
    }
    return wanted, [allocations.read(consumer, one) for consumer, one in asked["allocations"].items()]
