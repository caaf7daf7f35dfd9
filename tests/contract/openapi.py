"""Upstream's OpenAPI descriptions: the schema of an operation's body at a microversion, and what a body does to it.

A body's description is often a `oneOf` of components that differ by microversion or by the action's key, which their
`x-openstack` names. The one that is meant is picked, and only that is asked. Other `oneOf`s are read as `anyOf`: many fit twice.
"""

import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from gureum.kernel.http.history import Version
from tests.contract.operations import PREFIXES, erased
from tests.shared import api

_WRONG = Path(__file__).parent / "openapi_wrong.yaml"
_Validator: Any = extend(Draft202012Validator, {"oneOf": Draft202012Validator.VALIDATORS["anyOf"]})
_METHODS = ("get", "post", "put", "patch", "delete", "head")


_FORMATS = FormatChecker(formats=["ipv4", "ipv6"])


@_FORMATS.checks("uuid")
def _is_uuid(value: object) -> bool:
    """With and without dashes: services differ, the description does not say."""
    if not isinstance(value, str):
        return True
    return re.fullmatch(r"[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}", value) is not None


@dataclass(frozen=True)
class Mismatch:
    """A body that its schema does not allow: where in the body (`servers/[]/flavor`), and what the schema says against it."""

    operation: str
    side: str
    version: str
    at: str
    says: str
    detail: str

    @property
    def key(self) -> str:
        """What is the same for every body that is wrong in this way."""
        return f"{self.at}: {self.says}"

    def __str__(self) -> str:
        return f"{self.side} of {self.operation} at {self.version or 'any version'}: {self.key} ({self.detail})"


@dataclass
class Document:
    """One service's description."""

    service: str
    content: dict[str, Any]
    operations: dict[str, Any] = field(default_factory=dict[str, Any])
    _validators: dict[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        for path, item in self.content["paths"].items():
            for method in _METHODS:
                if method in item:
                    name = f"{method.upper()} {erased(_prefixed(self.service, path))}"
                    self.operations.setdefault(name, (path, method, item[method]))
        resource = DRAFT202012.create_resource(self.content)
        self._registry: Any = Registry().with_resource("urn:api", resource)

    def knows(self, name: str) -> bool:
        """Whether it describes an operation, given by its name without action."""
        return name in self.operations

    def response(self, name: str, status: int, version: Version, action: str | None) -> str | None:
        """The pointer of the schema of an answer; None where it gives none."""
        path, method, operation = self.operations[name]
        if "application/json" not in operation["responses"].get(str(status), {}).get("content", {}):
            return None
        pointer = ["paths", path, method, "responses", str(status), "content", "application/json", "schema"]
        return self._pick(pointer, version, action)

    def request(self, name: str, version: Version, action: str | None) -> str | None:
        """The pointer of the schema of a request's body; None where it gives none."""
        path, method, operation = self.operations[name]
        for kind in operation.get("requestBody", {}).get("content", {}):
            if "json" in kind:
                pointer = ["paths", path, method, "requestBody", "content", kind, "schema"]
                return self._pick(pointer, version, action)
        return None

    def queries(self, name: str) -> list[str]:
        """The names of an operation's query parameters."""
        return [one["name"] for one in self.parameters(name) if one["in"] == "query"]

    def parameters(self, name: str) -> list[dict[str, Any]]:
        """What is said of an operation's parameters."""
        given = self.operations[name][2].get("parameters", [])
        return [self._at(one["$ref"].removeprefix("#/").split("/")) if "$ref" in one else one for one in given]

    def schema(self, pointer: str) -> Any:
        """The schema at a pointer that `request` or `response` gave."""
        words = pointer.removeprefix("#/").split("/")
        return self._at([word.replace("~1", "/").replace("~0", "~") for word in words])

    def resolved(self, reference: str) -> Any:
        """The schema that a `#/…` names."""
        return self._at(
            [word.replace("~1", "/").replace("~0", "~") for word in reference.removeprefix("#/").split("/")]
        )

    def _at(self, pointer: list[str]) -> Any:
        found: Any = self.content
        for word in pointer:
            found = found[int(word)] if isinstance(found, list) else found.get(word)
            if found is None:
                return None
        return found

    def _pick(self, pointer: list[str], version: Version, action: str | None) -> str | None:
        schema = self._at(pointer)
        while schema is not None:
            if "$ref" in schema:
                pointer = schema["$ref"].removeprefix("#/").split("/")
                schema = self._at(pointer)
                continue
            branches = schema.get("oneOf", [])
            marks = [self._mark(branch) for branch in branches]
            if not any(marks):
                return "#/" + "/".join(word.replace("~", "~0").replace("/", "~1") for word in pointer)
            found = _fitting(marks, version, action)
            if found is None:
                return None
            pointer = [*pointer, "oneOf", str(found)]
            schema = branches[found]
        return None

    def _mark(self, branch: Mapping[str, Any]) -> dict[str, Any]:
        while "$ref" in branch:
            branch = self._at(branch["$ref"].removeprefix("#/").split("/")) or {}
        return branch.get("x-openstack", {})

    def validator(self, pointer: str) -> Any:
        """The validator of a schema of this document."""
        found = self._validators.get(pointer)
        if found is None:
            schema = {"$ref": f"urn:api{pointer.replace('{', '%7B').replace('}', '%7D')}"}
            found = _Validator(schema, registry=self._registry, format_checker=_FORMATS)
            self._validators[pointer] = found
        return found


def _prefixed(service: str, path: str) -> str:
    prefix = PREFIXES[service]
    return path if not prefix or path == "/" or path.startswith("/v") else prefix + path


def _fitting(marks: list[dict[str, Any]], version: Version, action: str | None) -> int | None:
    best: tuple[Version, int] | None = None
    for number, mark in enumerate(marks):
        if "action-name" in mark and mark["action-name"] != action:
            continue
        least, most = _number(mark.get("min-ver")), _number(mark.get("max-ver"))
        if version != (0, 0) and (version < (least or (0, 0)) or (most and version > most)):
            continue
        if best is None or (least or (0, 0)) > best[0]:
            best = (least or (0, 0), number)
    return None if best is None else best[1]


def _number(text: Any) -> Version | None:
    if text is None:
        return None
    major, _, minor = str(text).partition(".")
    return int(major), int(minor or 0)


class _Loader(yaml.CSafeLoader):
    """YAML 1.2's booleans: in the descriptions an unquoted yes, no, on, off is a word."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


@cache
def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    folder = (Path(home) if home else Path.home() / ".cache") / "gureum" / "contract"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@cache
def document(service: str) -> Document:
    """A service's description. Reading the YAML takes seconds, so it is kept in the user's cache, by its time."""
    source = api("openapi", f"{service}.yaml")
    stamp = source.stat()
    kept = _cache() / f"openapi-2-{service}-{stamp.st_mtime_ns}-{stamp.st_size}.json"
    if kept.is_file():
        return Document(service, json.loads(kept.read_bytes()))
    content = json.loads(json.dumps(yaml.load(source.read_bytes(), _Loader), default=str))
    part = Path(tempfile.mkstemp(dir=kept.parent)[1])
    part.write_text(json.dumps(content))
    part.rename(kept)
    return Document(service, content)


def mismatches(
    service: str, operation: str, version: Version, *, status: int = 0, answer: Any = None, asked: Any = None
) -> list[Mismatch]:
    """What upstream's description says against an answer (with `status`) or against a request's body (without)."""
    name, action = _split(operation)
    described = document(service)
    if not described.knows(name):
        return []
    if status:
        side, body, pointer = f"{status}", answer, described.response(name, status, version, action)
    else:
        side, body, pointer = "request", asked, described.request(name, version, action)
    if pointer is None:
        return []
    said = f"{version[0]}.{version[1]}" if version != (0, 0) else ""
    found = _leaves(described.validator(pointer).iter_errors(body))
    return [Mismatch(operation, side, said, *_said(error)) for error in found]


def _split(operation: str) -> tuple[str, str | None]:
    method, path, *rest = operation.split(" ")
    return f"{method} {path}", rest[0] if rest else None


def _leaves(errors: Iterator[ValidationError]) -> Iterator[ValidationError]:
    """The errors that say something: of a choice, those of the branch that fits best."""
    for error in errors:
        if not error.context:
            yield error
            continue
        branches: dict[int, list[ValidationError]] = {}
        for inner in error.context:
            branches.setdefault(int(inner.schema_path[0]), []).append(inner)
        best = min(branches.values(), key=lambda inner: (_is_type(inner), len(inner)))
        if _is_type(best):
            yield error
        else:
            yield from _leaves(iter(best))


def _is_type(errors: list[ValidationError]) -> bool:
    return any(len(error.relative_path) == 0 and error.validator in ("type", "enum") for error in errors)


_NAME = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}")


def _said(error: Any) -> tuple[str, str, str]:
    """Where, what in words without values, and with them."""
    at = "/".join("[]" if isinstance(part, int) else _NAME.sub("ID", str(part)) for part in error.absolute_path)
    value = error.instance
    kind = "null" if value is None else type(value).__name__
    if error.validator == "required":
        missing = error.message.split("'")[1]
        says = f"required {missing}"
    elif error.validator in ("additionalProperties", "unevaluatedProperties"):
        known = set(error.schema.get("properties", {}))
        says = "additional " + ",".join(sorted(set(value or ()) - known))
    elif error.validator == "type":
        says = f"type {kind}"
    elif error.validator == "enum":
        says = f"enum {value!r}"
    elif error.validator in ("anyOf", "oneOf"):
        says = f"{error.validator} {kind}"
    else:
        says = f"{error.validator} {error.validator_value!r}"
    return at or "(all)", says[:160], error.message[:300]


@cache
def _wrong(service: str) -> frozenset[tuple[str, str, str]]:
    entries = yaml.safe_load(_WRONG.read_text()) or [] if _WRONG.is_file() else []
    return frozenset(
        (*_of_resource(operation, at), says)
        for entry in entries
        if entry["service"] == service
        for operation in entry["operations"]
        for at, all_says in entry["wrong"].items()
        for says in all_says
    )


def _of_resource(operation: str, at: str) -> tuple[str, str]:
    """A place in a body, the same for one thing and in a list: `networks/[]/mtu` and `network/mtu` are (network, mtu)."""
    noun, _, rest = at.partition("/")
    if noun in ("(all)", "[]"):
        return operation, at
    singular = noun[:-3] + "y" if noun.endswith("ies") else noun.removesuffix("s")
    return singular, rest.removeprefix("[]/") if rest != "[]" else ""


def is_upstreams(service: str, mismatch: Mismatch) -> bool:
    """Whether `openapi_wrong.yaml` lists it as a mistake of the description, about this operation or another of the resource."""
    where = _of_resource(mismatch.operation, mismatch.at)
    kind, _, names = mismatch.says.partition(" ")
    if kind == "additional":
        return all((*where, f"additional {name}") in _wrong(service) for name in names.split(",")) or (
            (*where, mismatch.says) in _wrong(service)
        )
    return (*where, mismatch.says) in _wrong(service)
