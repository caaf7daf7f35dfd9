"""Allocations over the wire."""

from collections.abc import Iterable, Mapping
from typing import Any

from gureum.kernel.http import Call, Change, History
from gureum.kernel.http.history import Version
from gureum.placement.consumer import UNKNOWN, Claim, Consumer
from gureum.placement.wire.schemas import NAME_PATTERN, UUID, UUID_PATTERN, Body, Schema, record

_OWNERS: Version = (1, 8)
_BY_PROVIDER: Version = (1, 12)
_GENERATIONS: Version = (1, 28)
_MAPPINGS: Version = (1, 34)
_TYPES: Version = (1, 38)

_SUFFIX = "[a-zA-Z0-9_-]{1,64}"
_ID = {"type": "string", "minLength": 1, "maxLength": 255}
_RESOURCES: Schema = {
    "type": "object",
    "minProperties": 1,
    "patternProperties": {NAME_PATTERN: {"type": "integer", "minimum": 1}},
    "additionalProperties": False,
}
_PROVIDER: Schema = {
    "type": "object",
    "properties": {"uuid": UUID},
    "additionalProperties": False,
    "required": ["uuid"],
}
_LISTED: Schema = {
    "type": "array",
    "minItems": 1,
    "items": record({"resource_provider": _PROVIDER, "resources": _RESOURCES}, "resource_provider", "resources"),
}
_MAPPED: Schema = {
    "type": "object",
    "minProperties": 1,
    "patternProperties": {_SUFFIX: {"type": "array", "minItems": 1, "items": UUID}},
}
_TYPE: Schema = {"type": "string", "pattern": NAME_PATTERN, "minLength": 1, "maxLength": 255}


def _by_provider(least: int) -> Schema:
    one = record({"generation": {"type": "integer"}, "resources": _RESOURCES}, "resources")
    return {
        "type": "object",
        "minProperties": least,
        "patternProperties": {UUID_PATTERN: one},
        "additionalProperties": False,
    }


def _of_consumer(version: Version, least: int) -> Schema:
    """What one consumer is to hold, of at least so many providers."""
    properties: Schema = {"allocations": _by_provider(least) if version >= _BY_PROVIDER else _LISTED}
    for since, added in (
        (_OWNERS, {"project_id": _ID, "user_id": _ID}),
        (_GENERATIONS, {"consumer_generation": {"type": ["integer", "null"], "additionalProperties": False}}),
        (_MAPPINGS, {"mappings": _MAPPED}),
        (_TYPES, {"consumer_type": _TYPE}),
    ):
        properties |= added if version >= since else {}
    required = {"required": [name for name in properties if name != "mappings"]}
    closed = {"additionalProperties": False}
    # the order of the words is the order in which they are complained of
    ends = closed | required if version >= _BY_PROVIDER else required | closed
    return {"type": "object", "properties": properties} | ends


def several(version: Version, least: int) -> Schema:
    """What several consumers are to hold."""
    return {
        "type": "object",
        "minProperties": least,
        "additionalProperties": False,
        "patternProperties": {UUID_PATTERN: _of_consumer(version, 0)},
    }


REPLACE = Body(lambda version: _of_consumer(version, 0 if version >= _GENERATIONS else 1))
REPLACE_SEVERAL = Body(lambda version: several(version, 1))


def _as_mapping(body: dict[str, Any], _: Call) -> None:
    found: dict[str, Any] = {}
    for one in body["allocations"]:
        found.setdefault(one["resource_provider"]["uuid"], {"resources": {}})["resources"].update(one["resources"])
    body["allocations"] = found


def unchecked(body: dict[str, Any], _: Call) -> None:
    """Older clients do not know the consumer's generation."""
    body["unchecked"] = True


def _each_unchecked(body: dict[str, Any], call: Call) -> None:
    for one in body.values():
        unchecked(one, call)


def _without_generations(body: dict[str, Any], _: Call) -> None:
    for one in body["allocations"].values():
        one.pop("consumer_generation", None)


HISTORY = History(
    "",
    "",
    [
        Change((1, 12), "allocations are by provider", shows=frozenset({"project_id", "user_id"}), up=_as_mapping),
        Change((1, 28), "consumers have generations", adds=frozenset({"consumer_generation"}), up=unchecked),
        Change((1, 34), "groups of a request are mapped to providers", accepts=frozenset({"mappings"})),
        Change((1, 38), "consumers have types", adds=frozenset({"consumer_type"})),
    ],
)
SEVERAL = History("", "", [Change((1, 28), "consumers have generations", up=_each_unchecked)])
OF_PROVIDER = History("", "", [Change((1, 28), "consumers have generations", down=_without_generations)])


def read(consumer: str, asked: Mapping[str, Any]) -> Claim:
    """What a consumer is to hold."""
    holds = {uuid: dict(one["resources"]) for uuid, one in asked["allocations"].items()}
    return Claim(
        consumer,
        holds,
        asked.get("project_id"),
        asked.get("user_id"),
        asked.get("consumer_type"),
        checked="unchecked" not in asked,
        generation=asked.get("consumer_generation"),
    )


def show(
    consumer: Consumer | None, held: Iterable[tuple[str, str, int]], generations: Mapping[str, int]
) -> dict[str, Any]:
    """What a consumer holds; `generations` are those of the providers."""
    found: dict[str, Any] = {}
    for provider, name, amount in held:
        found.setdefault(provider, {"resources": {}})["resources"][name] = amount
    for provider, one in found.items():
        one["generation"] = generations.get(provider, 0)
    if consumer is None or not found:
        return {"allocations": {}}
    return {
        "allocations": found,
        "project_id": consumer.project_id,
        "user_id": consumer.user_id,
        "consumer_generation": consumer.generation,
        "consumer_type": consumer.type or UNKNOWN,
    }


def show_of_provider(held: Iterable[tuple[Consumer, str, int]], generation: int) -> dict[str, Any]:
    """What consumers hold of a provider."""
    found: dict[str, Any] = {}
    for consumer, name, amount in held:
        one = found.setdefault(consumer.uuid, {"resources": {}, "consumer_generation": consumer.generation})
        one["resources"][name] = amount
    return {"allocations": found, "resource_provider_generation": generation}
