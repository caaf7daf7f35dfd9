"""Usages over the wire."""

from collections.abc import Iterable, Mapping
from typing import Any

from gureum.kernel.http.history import Version
from gureum.placement.consumer import UNKNOWN
from gureum.placement.inventory import Inventory
from gureum.placement.wire.schemas import NAME_PATTERN, Parameters, Schema, record

_TYPES: Version = (1, 38)
_ID = {"type": "string", "minLength": 1, "maxLength": 255}
_TYPE = {"type": "string", "pattern": f"{NAME_PATTERN}|^all|^unknown$", "minLength": 1, "maxLength": 255}


def _asked(version: Version) -> Schema:
    types: Schema = {"consumer_type": _TYPE} if version >= _TYPES else {}
    return record({"project_id": _ID, "user_id": _ID} | types, "project_id")


TOTALS = Parameters(_asked)


def show(inventories: Mapping[str, Inventory], generation: int) -> dict[str, Any]:
    """What is used of a provider."""
    used = {name: inventory.used for name, inventory in inventories.items()}
    return {"resource_provider_generation": generation, "usages": used}


def show_totals(totals: Iterable[tuple[str | None, str, int]]) -> dict[str, Any]:
    """What is used in sum."""
    found: dict[str, int] = {}
    for _, name, amount in totals:
        found[name] = found.get(name, 0) + amount
    return {"usages": found}


def show_by_type(
    totals: Iterable[tuple[str | None, str, int]], counts: Mapping[str | None, int], wanted: str | None
) -> dict[str, Any]:
    """What is used by consumers of each type (of the wanted one; of all together where that is `all`), with their number."""
    found: dict[str, dict[str, int]] = {}
    for kind, name, amount in totals:
        shown = "all" if wanted == "all" else kind or UNKNOWN
        if wanted in (None, shown):
            group = found.setdefault(shown, {})
            group[name] = group.get(name, 0) + amount
    for kind, number in counts.items():
        shown = "all" if wanted == "all" else kind or UNKNOWN
        if shown in found:
            found[shown]["consumer_count"] = found[shown].get("consumer_count", 0) + number
    return {"usages": found}
