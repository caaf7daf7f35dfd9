"""Traits over the wire."""

from collections.abc import Iterable
from typing import Any

from gureum.kernel.faults import Invalid
from gureum.placement.wire.queries import Query
from gureum.placement.wire.schemas import Body, Parameters, record

_NAME = {"type": "string", "minLength": 1, "maxLength": 255}
_FORM = "Expected name query string parameter in form: ?name=[in|startswith]:[name1,name2|prefix]."

REPLACE = Body(
    lambda _: record(
        {"traits": {"type": "array", "items": _NAME}, "resource_provider_generation": {"type": "integer"}},
        "traits",
        "resource_provider_generation",
    )
)
LIST = Parameters(lambda _: record({"name": {"type": "string"}, "associated": {"type": "string"}}))


def filters(query: Query) -> dict[str, Any]:
    """What a list is narrowed to. Raises Invalid."""
    found: dict[str, Any] = {"names": None, "prefix": "", "associated": None}
    if "name" in query:
        text = query["name"][-1]
        operator, colon, value = text.partition(":")
        if not colon or operator not in ("in", "startswith"):
            raise Invalid(f'Badly formatted name parameter. {_FORM} Got: "{text}"')
        found |= {"names": value.split(",")} if operator == "in" else {"prefix": value}
    if "associated" in query:
        text = query["associated"][-1].lower()
        if text not in ("true", "false"):
            raise Invalid('The query parameter "associated" only accepts "true" or "false"')
        found["associated"] = text == "true"
    return found


def show(names: Iterable[str]) -> dict[str, Any]:
    """Traits."""
    return {"traits": list(names)}


def show_of_provider(names: Iterable[str], generation: int) -> dict[str, Any]:
    """A provider's traits."""
    return show(names) | {"resource_provider_generation": generation}
