"""Where an operation's body or answer changes from one microversion to the next, and which keys of the body come and go there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gureum.kernel.http.history import Version
from tests.contract.openapi import Document, document
from tests.contract.operations import Operation


@dataclass(frozen=True)
class Boundary:
    """Two neighbours among an operation's microversions; `new` and `gone` are places in the body, as `server/networks/[]/tag`."""

    before: Version
    at: Version
    new: frozenset[str]
    gone: frozenset[str]


def boundaries(operation: Operation) -> Iterator[Boundary]:
    """Those that upstream's description or the operation's own history show."""
    versions = operation.api.versions
    assert versions is not None
    described, name = document(operation.service), f"{operation.route.method} {operation.name.split(' ')[1]}"
    changes = (
        {change.since for change in operation.route.history.changes} if operation.route.history else set[Version]()
    )
    known = described.knows(name)
    for minor in range(versions.least[1] + 1, versions.most[1] + 1):
        before, at = (versions.least[0], minor - 1), (versions.least[0], minor)
        if not (operation.has(before) and operation.has(at)):
            continue
        pair = [described.request(name, one, operation.route.action) if known else None for one in (before, at)]
        if at in changes or pair[0] != pair[1]:
            old, new = (_body(described, pointer) for pointer in pair)
            yield Boundary(before, at, new.more_than(old), old.more_than(new))


@dataclass
class _Body:
    """What a description says of a body, by place: the keys of objects that take no others, and what may be any object."""

    closed: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    open: set[str] = field(default_factory=set[str])
    places: set[str] = field(default_factory=set[str])

    def more_than(self, other: "_Body") -> frozenset[str]:
        """The keys that the other body cannot have, where it can have the object or something else that is none."""
        return frozenset(
            f"{at}/{key}".lstrip("/")
            for at, keys in self.closed.items()
            if at in other.places and at not in other.open
            for key in keys - other.closed.get(at, set())
        )


def _body(described: Document, pointer: str | None) -> _Body:
    found = _Body()
    waiting: list[tuple[str, Any]] = [("", {"$ref": pointer})] if pointer else []
    while waiting:
        at, schema = waiting.pop()
        while "$ref" in schema:
            schema = described.resolved(schema["$ref"])
        found.places.add(at)
        waiting += [(at, one) for kind in ("oneOf", "anyOf", "allOf") for one in schema.get(kind, ())]
        if isinstance(schema.get("items"), dict):
            waiting.append((f"{at}/[]", schema["items"]))
        properties = schema.get("properties", {})
        waiting += [(f"{at}/{name}", one) for name, one in properties.items()]
        if schema.get("additionalProperties") is False and properties:
            found.closed.setdefault(at, set()).update(properties)
        elif "object" in schema.get("type", ("object",)) and not schema.keys() & {"oneOf", "anyOf", "allOf"}:
            found.open.add(at)
    return found


def with_key(body: Any, place: str) -> Any:
    """A copy of a body with a key more."""
    word, _, rest = place.partition("/")
    if word == "[]":
        items = body if isinstance(body, list) and body else [{}]
        return [with_key(items[0], rest), *items[1:]]
    found = dict(body) if isinstance(body, dict) else {}
    found[word] = with_key(found.get(word), rest) if rest else "x"
    return found
