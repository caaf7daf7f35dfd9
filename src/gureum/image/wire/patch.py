"""JSON patches, in the two media types that the API takes."""

import re
from typing import Any, Literal, cast

from gureum.image.change import Change
from gureum.image.wire import bodies
from gureum.image.wire.images import READ_ONLY, RESERVED_PREFIX
from gureum.kernel.faults import BadMediaType, Forbidden, Invalid

Verb = Literal["add", "replace", "remove"]

_VERBS = ("add", "remove", "replace")
_OLD = "application/openstack-images-v2.0-json-patch"
_NEW = "application/openstack-images-v2.1-json-patch"
_CHOICE = "It must be one of the following: add, remove, replace."
_READ_ONLY = {*READ_ONLY, "id"} - {"stores"}
_RESERVED = ("location", "deleted", "deleted_at")


def parse(content_type: str, raw: bytes) -> list[Change]:
    """The steps of a PATCH. Raises BadMediaType, Invalid, Forbidden for attributes that nobody may change."""
    kind = content_type.partition(";")[0].strip()
    if kind not in (_OLD, _NEW):
        raise BadMediaType(f"Image PATCH expects Content-Type one of: {_OLD}, {_NEW}", content_type=kind or "None")
    body = bodies.parse(raw)
    if not isinstance(body, list):
        raise Invalid("Request body must be a JSON array of operation objects.")
    read = _new_step if kind == _NEW else _old_step
    steps: list[Change] = []
    for one in cast(list[Any], body):
        if not isinstance(one, dict):
            raise Invalid("Operations must be JSON objects.")
        steps.append(_change(cast(dict[str, Any], one), *read(cast(dict[str, Any], one))))
    return steps


def _new_step(one: dict[str, Any]) -> tuple[Verb, Any]:
    verb = one.get("op")
    if "op" not in one:
        raise Invalid(f"Unable to find `op` in JSON Schema change. {_CHOICE}")
    if verb not in _VERBS:
        raise Invalid(f"Invalid operation: `{verb}`. {_CHOICE}")
    if "path" not in one:
        raise Invalid("Unable to find 'path' in JSON Schema change")
    return verb, one["path"]


def _old_step(one: dict[str, Any]) -> tuple[Verb, Any]:
    found = [verb for verb in _VERBS if verb in one]
    if len(found) != 1:
        raise Invalid('Operation objects must contain exactly one member named "add", "remove", or "replace".')
    return cast(Verb, found[0]), one[found[0]]


def _change(one: dict[str, Any], verb: Verb, pointer: Any) -> Change:
    name, *rest = _tokens(pointer)
    if name in _READ_ONLY:
        raise Forbidden(f"Attribute '{name}' is read-only.")
    if name in _RESERVED or name.startswith(RESERVED_PREFIX):
        raise Forbidden(f"Attribute '{name}' is reserved.")
    if verb == "remove":
        return Change(verb, name, tuple(rest))
    if "value" not in one:
        raise Invalid(f'Operation "{verb}" requires a member named "value".')
    if name == "locations":
        return Change(verb, name, tuple(rest), one["value"])
    if rest:
        raise Invalid(f"Invalid JSON pointer for this resource: '/{name}/{'/'.join(rest)}'")
    bodies.check_image({name: one["value"]})
    return Change(verb, name, (), one["value"])


def _tokens(pointer: Any) -> list[str]:
    if not isinstance(pointer, str) or not pointer.startswith("/"):
        raise Invalid(f'Pointer `{pointer}` does not start with "/".')
    if re.search(r"/\s*?/", pointer[1:]):
        raise Invalid(f'Pointer `{pointer}` contains adjacent "/".')
    if pointer == "/" or not pointer[1:].strip():
        raise Invalid(f"Pointer `{pointer}` does not contains valid token.")
    if pointer.endswith("/"):
        raise Invalid(f'Pointer `{pointer}` end with "/".')
    if re.search(r"~[^01]", pointer) or pointer.endswith("~"):
        raise Invalid(f'Pointer `{pointer}` contains "~" not part of a recognized escape sequence.')
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/")]
