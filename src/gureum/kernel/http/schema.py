"""Bodies: decoded into msgspec types fast; only when that fails is the same type asked, as JSON Schema, what is wrong.

Clients match on jsonschema's sentences, which the services quote. So the type is the one source, and jsonschema the voice.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, cast

import msgspec
from jsonschema import FormatChecker
from jsonschema.exceptions import best_match

from gureum.kernel.faults import Fault, Invalid, Malformed
from gureum.kernel.http.history import Version
from gureum.kernel.http.validator import Lenient, Strict

MOST_DEEP = 100
"""Levels of a body: what checks it and what words its refusal recurse, and no service nests its things so deep."""


def parse_json(raw: bytes) -> Any:
    """The JSON value in `raw`. Raises Malformed, also for one that is nested too deep."""
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("Malformed request body", cause=str(error), raw=raw) from None
    _must_be_shallow(raw, value)
    return value


def _must_be_shallow(raw: bytes, value: Any) -> None:
    if raw.count(b"[") + raw.count(b"{") <= MOST_DEEP:
        return
    level: list[Any] = [value]
    for _ in range(MOST_DEEP):
        level = [inner for one in level for inner in _within(one)]
        if not level:
            return
    raise Malformed("Malformed request body", cause="nested too deep")


def _within(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return cast(dict[str, Any], value).values()
    return cast(list[Any], value) if isinstance(value, list) else ()


def parse_nan(raw: bytes) -> Any:
    """The value in `raw` when only NaN and infinities keep it from being JSON, else None.

    The services take them for numbers. They are good for hearing what else is wrong with a body, not for being kept.
    """
    if b"NaN" not in raw and b"Infinity" not in raw:
        return None
    try:
        value = json.loads(raw)
        msgspec.json.encode(value)  # fails for halves of surrogate pairs, which json lets pass
        _must_be_shallow(raw, value)
    except (ValueError, RecursionError, Malformed):
        return None
    return value


class Shape:
    """A body given as JSON Schema itself, where a resource keeps attributes that nobody declared. It decodes to a dictionary."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._validator: Any = Strict(schema)

    def check(self, value: Any) -> dict[str, Any]:
        """The value itself. Raises Invalid with the services' sentence, Malformed for what is no object."""
        if not isinstance(value, dict):
            raise Malformed("Malformed request body")
        found: Any = best_match(self._validator.iter_errors(value))
        if found is not None:
            raise Invalid(_said(found))
        return value  # pyright: ignore[reportUnknownVariableType]


class Shapes:
    """A body whose JSON Schema differs from microversion to microversion: `schema(version)` gives it, `formats` checks formats.

    A format that raises a Fault says its own sentence. Of several complaints the first is told, in the order of the schema's
    keys, as the services that have such bodies do.
    """

    empty = b"null"
    """What is read where there is no body."""

    def __init__(self, schema: Callable[[Version], dict[str, Any]], formats: FormatChecker | None = None) -> None:
        self._schema = schema
        self._formats = formats
        self._validators: dict[Version, Any] = {}

    def check(self, value: Any, version: Version) -> Any:
        """The value itself. Raises Invalid with the services' sentence."""
        validator = self._validators.get(version)
        if validator is None:
            validator = self._validators[version] = self.judge(self._schema(version), self._formats)
        complaint = self.complaint(validator, value)
        if complaint is not None:
            raise Invalid(complaint)
        return value

    def judge(self, schema: dict[str, Any], formats: FormatChecker | None) -> Any:
        """jsonschema's validator of a schema."""
        return Lenient(schema, format_checker=formats)

    def complaint(self, validator: Any, value: Any) -> str | None:
        """What is wrong with a body; None where nothing is."""
        found: Any = next(validator.iter_errors(value), None)
        return None if found is None else _said(found)


class Query:
    """The parameters of a query string, each a list of its values: `schema(version)` gives the JSON Schema of them all."""

    def __init__(self, schema: Callable[[Version], dict[str, Any]], formats: FormatChecker | None = None) -> None:
        self._schema = schema
        self._formats = formats
        self._validators: dict[Version, Any] = {}

    def check(self, query: Mapping[str, list[str]], version: Version) -> None:
        """Raises Invalid with the services' sentence."""
        complaint = self.complaint(self._validator(version), query)
        if complaint is not None:
            raise Invalid(complaint)

    def judge(self, schema: dict[str, Any], formats: FormatChecker | None) -> Any:
        """jsonschema's validator of a schema."""
        return Lenient(schema, format_checker=formats)

    def complaint(self, validator: Any, query: Mapping[str, list[str]]) -> str | None:
        """What is wrong with the parameters; None where nothing is."""
        found: Any = next(validator.iter_errors(dict(query)), None)
        if found is None:
            return None
        path = list(found.absolute_path)
        if not path:
            return str(found.message)
        return f"Invalid input for query parameters {path[0]}. Value: {found.instance}. {found.message}"

    def known(self, version: Version) -> Mapping[str, Any]:
        """The schema of each parameter that a microversion names."""
        return self._validator(version).schema.get("properties", {})

    def _validator(self, version: Version) -> Any:
        validator = self._validators.get(version)
        if validator is None:
            validator = self._validators[version] = self.judge(self._schema(version), self._formats)
        return validator


def convert(value: Any, kind: Any, *, lax: bool = True) -> Any:
    """`value` as `kind`. With `lax`, numbers and booleans may come as text. Raises Invalid with the services' sentence."""
    if isinstance(kind, Shape):
        return kind.check(value)
    try:
        return msgspec.convert(value, kind, strict=not lax)
    except msgspec.ValidationError as error:
        raise Invalid(_sentence(value, kind, str(error)), cause=str(error)) from None


def _sentence(value: Any, kind: Any, fallback: str) -> str:
    found: Any = best_match(_validator(kind).iter_errors(value))
    return fallback if found is None else _said(found)


def _said(found: Any) -> str:
    if isinstance(found.cause, Fault):
        return found.cause.message
    path = [str(part) for part in found.absolute_path]
    if not path:
        return str(found.message)
    return f"Invalid input for field/attribute {path[-1]}. Value: {found.instance}. {found.message}"


@cache
def _validator(kind: Any) -> Any:
    return Strict(_plain(msgspec.json.schema(kind)))


def _plain(schema: Any) -> Any:
    """Unions of plain types as one list of types, so that jsonschema names them all in one sentence."""
    if isinstance(schema, list):
        members: list[Any] = schema
        return [_plain(one) for one in members]
    if not isinstance(schema, dict):
        return schema
    named: dict[str, Any] = schema
    plain: dict[str, Any] = {key: _plain(value) for key, value in named.items()}
    branches: Any = plain.get("anyOf")
    if branches and all(isinstance(one.get("type"), str) for one in branches):
        types: list[str] = []
        for branch in branches:
            types.append(branch.pop("type"))
            plain |= branch
        del plain["anyOf"]
        plain["type"] = types
    return plain
