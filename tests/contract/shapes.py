"""What bodies look like: how ours differs from a sample, and whether the recordings differ from it in the same way."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from gureum.kernel.http.history import Version
from tests.contract.operations import Operation
from tests.contract.recorded import Exchange, exchanges

_FREE = {
    "addresses",
    "binding:profile",
    "capabilities",
    "configurations",
    "connection_info",
    "extra_specs",
    "hosts",
    "image_meta",
    "metadata",
    "options",
    "properties",
    "scheduler_hints",
    "usage",
    "volume_image_metadata",
}
"""Objects whose keys are names that somebody chose, or that differ with the agent that tells them."""
_CHOSEN = re.compile(r"(volumes|snapshots|gigabytes)_(?!__DEFAULT__)")
"""Keys that are made of such names: those of volume types, in quotas."""


def differences(theirs: Any, ours: Any, at: str = "") -> Iterator[str]:
    """What our body lacks, adds or has of another type, compared with the sample's; of a list, the item most like theirs."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        if at.rpartition("/")[2] in _FREE:
            return
        for key in theirs.keys() - ours.keys():
            yield f"lacks {at}/{key}"
        for key in ours.keys() - theirs.keys():
            if not _CHOSEN.match(key):
                yield f"adds {at}/{key}"
        for key in theirs.keys() & ours.keys():
            yield from differences(theirs[key], ours[key], f"{at}/{key}")
    elif isinstance(theirs, list) and isinstance(ours, list):
        found = [sorted(set(differences(theirs[0], one, f"{at}/[]"))) for one in ours[:20]] if theirs else []
        yield from min(found, key=lambda one: (len(one), one), default=[])
    elif theirs is not None and ours is not None and _kind(theirs) != _kind(ours):
        yield f"{at} is {_kind(ours)} instead of {_kind(theirs)}"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return {int: "number", float: "number", str: "string", list: "list", dict: "object"}[type(value)]


def recorded(operation: Operation, version: Version, difference: str) -> bool:
    """Whether the real service differs from the sample in the same way."""
    answers = _answers(operation.service, operation.name, version)
    difference = _of_one(difference)
    if difference.startswith("lacks "):
        place = difference.removeprefix("lacks ")
        parent = place.rpartition("/")[0]
        return any("object" in one.get(parent, ()) for one in answers) and not any(place in one for one in answers)
    if difference.startswith("adds "):
        return any(difference.removeprefix("adds ") in one for one in answers)
    place, _, kinds = difference.partition(" is ")
    return any(kinds.partition(" ")[0] in one.get(place, ()) for one in answers)


@cache
def _answers(service: str, name: str, version: Version) -> list[dict[str, set[str]]]:
    """The recorded answers of an operation, as places: of services with microversions, those of the last one up to `version`."""
    found = _by_name(service).get(name, [])
    before = [one.version for one in found if one.version <= version]
    wanted = max(before, default=(0, 0))
    return [_places(one.body) for one in found if one.version == wanted]


@cache
def _by_name(service: str) -> dict[str, list[Exchange]]:
    found: dict[str, list[Exchange]] = {}
    for one in exchanges(service):
        if 200 <= one.status < 300 and isinstance(one.body, dict | list):
            found.setdefault(one.name, []).append(one)
    return found


def _of_one(place: str) -> str:
    """A place, the same for a thing alone and among several."""
    return re.sub(r"/(\w+)s/\[\]", r"/\1", place, count=1)


def _places(body: Any) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    waiting: list[tuple[str, Any]] = [("", body)]
    while waiting:
        at, value = waiting.pop()
        found.setdefault(_of_one(at), set()).add("null" if value is None else _kind(value))
        if isinstance(value, dict):
            waiting += [(f"{at}/{key}", one) for key, one in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{at}/[]", one) for one in value]
    return found
