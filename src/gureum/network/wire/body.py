"""Bodies: a table of attributes for each resource, and what upstream says of a body that does not fit it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid
from gureum.kernel.http.schema import parse_nan
from gureum.network.wire.values import Check, text

UNSET: Final = object()
"""As a default: the attribute stays away."""
REQUIRED: Final = object()
"""As a default: it must be said."""

_UNREADABLE: Final = "The server could not comply with the request since it is either malformed or otherwise incorrect."


@dataclass(frozen=True)
class Attribute:
    """An attribute that a request may have. `default` is for POST."""

    name: str
    check: Check | None = None
    default: Any = UNSET
    post: bool = True
    put: bool = True


def read_only(*names: str) -> list[Attribute]:
    """Attributes that answers have and requests may not."""
    return [Attribute(name, post=False, put=False) for name in names]


STANDARD: Final = (
    *read_only("id"),
    *read_only("tags", "revision_number", "created_at", "updated_at"),
    Attribute("tenant_id", text(), put=False),
    Attribute("project_id", text(), put=False),
    Attribute("description", text(), ""),
)
"""What every resource has."""


@dataclass(frozen=True)
class Body:
    """The bodies of one resource. `older`: served by the older of upstream's web layers, which words a few faults its own way."""

    member: str
    collection: str
    attributes: Sequence[Attribute]
    older: bool = False
    finish: Callable[[dict[str, Any]], None] | None = None
    """Looks at the whole object when its attributes are right."""
    _by_name: dict[str, Attribute] = field(init=False, default_factory=dict[str, Attribute])

    def __post_init__(self) -> None:
        self._by_name.update({attribute.name: attribute for attribute in self.attributes})

    def creations(self, raw: bytes, caller: Caller) -> tuple[list["Asked"], bool]:
        """What a POST asks for, one or several, and whether it came as a list."""
        body = self._decoded(raw)
        if isinstance(body, dict) and self.collection in body:
            several: Any = body[self.collection]
            if not several:
                raise _bad("Resources required")
            if not isinstance(several, list):
                raise _bad("Body contains invalid data")
            return [self._creation(_object(one, self.member), caller) for one in several], True  # pyright: ignore[reportUnknownVariableType]
        return [self._creation(self._inner(body), caller)], False

    def change(self, raw: bytes) -> dict[str, Any]:
        """What a PUT asks for."""
        asked = self._inner(self._decoded(raw, "Body contains invalid data"))
        self._known(asked)
        for name in asked:
            if not self._by_name[name].put:
                shown = "tenant_id" if name == "project_id" else name
                raise _bad(f"Cannot update read-only attribute {shown}")
        return self._checked(asked)

    def _decoded(self, raw: bytes, sentence: str = _UNREADABLE) -> Any:
        if not raw:
            return None
        try:
            found = msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            found = parse_nan(raw)
            if isinstance(found, dict) and self.member not in found:
                return found  # pyright: ignore[reportUnknownVariableType]
            if self.older:
                raise Invalid("Malformed request body: Cannot understand JSON.", name="MalformedRequestBody") from None
            raise _bad(sentence) from None
        if found is None and not self.older:
            raise _bad("Body contains invalid data")
        return found

    def _inner(self, body: Any) -> dict[str, Any]:
        if self.older and not body:
            raise _bad("Resource body required")
        if body is None:
            raise _bad(f"Unable to find '{self.member}' in request body")
        if not isinstance(body, dict):
            raise _bad("Body contains invalid data")
        inner: Any = body.get(self.member)  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        if inner is None:
            raise _bad(f"Unable to find '{self.member}' in request body")
        return _object(inner, self.member)

    def _creation(self, asked: dict[str, Any], caller: Caller) -> "Asked":
        project_id = self._project(asked, caller)
        self._known(asked)
        filled: dict[str, Any] = {}
        for attribute in self.attributes:
            name = attribute.name
            if name in ("project_id", "tenant_id"):
                continue
            if not attribute.post:
                if name in asked:
                    raise _bad(f"Attribute '{name}' not allowed in POST")
            elif name in asked:
                filled[name] = asked[name]
            elif attribute.default is REQUIRED:
                raise _bad(f"Failed to parse request. Required attribute '{name}' not specified")
        given = self._checked(filled)
        values = {one.name: one.default for one in self.attributes if one.post and one.default not in (UNSET, REQUIRED)}
        return Asked(values | given | {"project_id": project_id}, given)

    def _project(self, asked: dict[str, Any], caller: Caller) -> str:
        """For whom: the caller's project, or for administrators any."""
        named = asked.get("project_id", asked.get("tenant_id"))
        if "tenant_id" in asked or "project_id" in asked:
            checked = text()("tenant_id" if "tenant_id" in asked else "project_id", named)
            if checked != caller.project_id and not caller.is_admin:
                raise _bad(
                    "Specifying 'project_id' other than the authenticated project in request is not allowed for the "
                    "current user."
                )
            return checked
        if caller.project_id is None:
            raise _bad("Running without keystone AuthN requires that project_id is specified")
        return caller.project_id

    def _known(self, asked: Mapping[str, Any]) -> None:
        unknown = [name for name in asked if name not in self._by_name]
        if unknown:
            raise _bad(f"Unrecognized attribute(s) '{', '.join(unknown)}'")

    def _checked(self, asked: dict[str, Any]) -> dict[str, Any]:
        checked: dict[str, Any] = {}
        for attribute in self.attributes:
            if attribute.name in asked:
                value = asked[attribute.name]
                checked[attribute.name] = value if attribute.check is None else attribute.check(attribute.name, value)
        if self.finish is not None:
            self.finish(checked)
        return checked


def parse(raw: bytes) -> dict[str, Any]:
    """The object in the body of an action. Raises Invalid."""
    try:
        found: Any = msgspec.json.decode(raw) if raw else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Invalid("Malformed request body: Cannot understand JSON.", name="MalformedRequestBody") from None
    if not isinstance(found, dict):
        raise _bad("Body contains invalid data")
    return found  # pyright: ignore[reportUnknownVariableType]


@dataclass(frozen=True)
class Asked:
    """A creation: all values with their defaults, and those that were said."""

    values: dict[str, Any]
    given: dict[str, Any]


def _object(value: Any, member: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _bad(f"Object '{member}' contains invalid data")
    return value  # pyright: ignore[reportUnknownVariableType]


def _bad(sentence: str) -> Invalid:
    return Invalid(sentence, name="HTTPBadRequest")
