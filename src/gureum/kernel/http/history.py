"""Microversions: handlers know the newest; a History converts what older clients send and get."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gureum.kernel.faults import Invalid

if TYPE_CHECKING:
    from gureum.kernel.http.call import Call

Version = tuple[int, int]
Convert = Callable[[dict[str, Any], "Call"], None]


@dataclass(frozen=True)
class Change:
    """What version `since` did to a resource.

    `adds` are keys of requests and answers that older clients may not send and do not get; `accepts` of requests only,
    `shows` of answers only; `removes` are keys that clients of `since` and newer neither send nor get any more. `up` makes an
    older request what the newest handler understands; `down` makes an answer what an older client expects; both change the
    dictionary in place. `status` maps the newest status to the older one.
    """

    since: Version
    about: str
    adds: frozenset[str] = frozenset()
    accepts: frozenset[str] = frozenset()
    shows: frozenset[str] = frozenset()
    removes: frozenset[str] = frozenset()
    up: Convert | None = None
    down: Convert | None = None
    status: dict[int, int] = field(default_factory=dict[int, int])


class History:
    """All changes of one resource, whose bodies are `{key: {…}}` and `{plural: [{…}, …]}`.

    An empty `key`: the body is the resource itself.
    """

    def __init__(self, key: str, plural: str, changes: Iterable[Change] = ()) -> None:
        self.key = key
        self.plural = plural
        self.changes = sorted(changes, key=lambda change: change.since)

    def upgrade(self, body: Any, call: "Call") -> None:
        """Turn a request of the call's version into one of the newest. Raises Invalid for keys that came later."""
        if not isinstance(body, dict):
            return
        item: dict[str, Any] | Any = body.get(self.key) if self.key else body
        if not isinstance(item, dict):
            return
        later = [change for change in self.changes if change.since > call.version]
        strange = {key for change in later for key in change.adds | change.accepts} | self._gone(call)
        refused = sorted(strange & item.keys())
        if refused:
            raise Invalid(unexpected(self.key, item, refused))
        for change in later:
            if change.up is not None:
                change.up(item, call)

    def downgrade(self, body: Any, call: "Call") -> None:
        """Turn an answer of the newest version into one of the call's."""
        if not isinstance(body, dict):
            return
        later = [change for change in reversed(self.changes) if change.since > call.version]
        gone = self._gone(call)
        if not later and not gone:
            return
        found: list[dict[str, Any]] = []
        if isinstance(body.get(self.key), dict):
            found = [body[self.key]]
        elif isinstance(body.get(self.plural), list):
            found = body[self.plural]
        elif not self.key:
            found = [body]
        steps = [(change.down, change.adds | change.shows) for change in later]
        for item in found:
            for down, keys in steps:
                if down is not None:
                    down(item, call)
                for key in keys & item.keys():
                    del item[key]
            for key in gone:
                item.pop(key, None)

    def _gone(self, call: "Call") -> set[str]:
        return {key for change in self.changes if change.since <= call.version for key in change.removes}

    def status(self, status: int, version: Version) -> int:
        """The status that the call's version knows for the newest one's."""
        for change in reversed(self.changes):
            if change.since > version:
                status = change.status.get(status, status)
        return status


def unexpected(key: str, item: Any, names: list[str]) -> str:
    """jsonschema's sentence about properties that are not allowed, as the services quote it."""
    listed = ", ".join(repr(name) for name in names)
    verb = "was" if len(names) == 1 else "were"
    return (
        f"Invalid input for field/attribute {key}. Value: {item}. "
        f"Additional properties are not allowed ({listed} {verb} unexpected)"
    )
