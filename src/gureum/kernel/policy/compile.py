"""Check strings of oslo.policy, compiled into functions.

The language (oslo.policy's documentation, "Policy Rule Expressions"): `role:x`, `rule:x`, `attribute:%(target.attribute)s`,
`'literal':%(attribute)s`, `field:resource:attribute=value`, `@`, `!`, `and`, `or`, `not`, parentheses; the empty string allows.
"""

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Credentials = Mapping[str, Any]
Target = Mapping[str, Any]
Test = Callable[[Credentials, Target], bool]
Lookup = Callable[[str], "Check"]

_REFERENCE = re.compile(r"%\(([^)]+)\)s")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A single check; `attributes` are those of the target that it looks at."""

    text: str
    test: Test
    attributes: frozenset[str] = frozenset()

    def __call__(self, credentials: Credentials, target: Target) -> bool:
        return self.test(credentials, target)


@dataclass(frozen=True, slots=True)
class Reference:
    """`rule:name`."""

    name: str
    lookup: Lookup

    @property
    def text(self) -> str:
        """As it is written."""
        return f"rule:{self.name}"

    def __call__(self, credentials: Credentials, target: Target) -> bool:
        return self.lookup(self.name)(credentials, target)


@dataclass(frozen=True, slots=True)
class Either:
    """`… or …`."""

    parts: tuple["Check", ...]

    def __call__(self, credentials: Credentials, target: Target) -> bool:
        return any(part(credentials, target) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Both:
    """`… and …`."""

    parts: tuple["Check", ...]

    def __call__(self, credentials: Credentials, target: Target) -> bool:
        return all(part(credentials, target) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """`not …`."""

    part: "Check"

    def __call__(self, credentials: Credentials, target: Target) -> bool:
        return not self.part(credentials, target)


Check = Leaf | Reference | Either | Both | Not


def compile_check(text: str, lookup: Lookup) -> Check:
    """A check string as what can be called. `lookup` finds other rules by name when they are asked, so their order is free.

    Raises ValueError for a text that is no check string.
    """
    text = text.strip()
    if not text:
        return Leaf("", lambda _credentials, _target: True)
    tokens = _tokens(text)
    parser = _Parser(tokens, lookup)
    check = parser.either()
    if parser.rest():
        raise ValueError(f"policy check not understood: {text!r}")
    return check


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    for word in text.split():
        stripped = word.lstrip("(")
        tokens.extend("(" * (len(word) - len(stripped)))
        core = stripped.rstrip(")")
        closing = len(stripped) - len(core)
        if core:
            tokens.append(core)
        tokens.extend(")" * closing)
    return tokens


class _Parser:
    """Recursive descent: or binds weaker than and, and weaker than not."""

    def __init__(self, tokens: list[str], lookup: Lookup) -> None:
        self._tokens = tokens
        self._at = 0
        self._lookup = lookup

    def rest(self) -> bool:
        return self._at < len(self._tokens)

    def _next_is(self, word: str) -> bool:
        if self.rest() and self._tokens[self._at].lower() == word:
            self._at += 1
            return True
        return False

    def either(self) -> Check:
        checks = [self.both()]
        while self._next_is("or"):
            checks.append(self.both())
        return checks[0] if len(checks) == 1 else Either(tuple(checks))

    def both(self) -> Check:
        checks = [self.negated()]
        while self._next_is("and"):
            checks.append(self.negated())
        return checks[0] if len(checks) == 1 else Both(tuple(checks))

    def negated(self) -> Check:
        if self._next_is("not"):
            return Not(self.negated())
        if self._next_is("("):
            inner = self.either()
            if not self._next_is(")"):
                raise ValueError("policy check: a bracket is not closed")
            return inner
        if not self.rest():
            raise ValueError("policy check ends too early")
        token = self._tokens[self._at]
        self._at += 1
        return _leaf(token, self._lookup)


def _leaf(token: str, lookup: Lookup) -> Check:
    if token in ("@", "!"):
        return Leaf(token, lambda _credentials, _target: token == "@")  # noqa: S105
    kind, colon, match = token.partition(":")
    if token[0] in "'\"":
        end = token.find(token[0], 1)
        if end < 0:
            raise ValueError(f"policy check not understood: {token!r}")
        kind, colon, match = token[: end + 1], token[end + 1 : end + 2], token[end + 2 :]
    if not colon:
        raise ValueError(f"policy check not understood: {token!r}")
    if kind in ("http", "https"):
        raise ValueError(f"policy checks over HTTP are not made: {token!r}")
    if kind == "rule":
        return Reference(match, lookup)
    if kind == "field":
        return Leaf(token, _field(match), frozenset({match.partition(":")[2].partition("=")[0]}))
    test = _role(match) if kind == "role" else _comparison(kind, match)
    return Leaf(token, test, frozenset(_REFERENCE.findall(match)))


def _field(match: str) -> Test:
    """The network service's `resource:attribute=value`, or `=~pattern`, about an attribute of the target."""
    name, equals, wanted = match.partition(":")[2].partition("=")
    if not equals:
        raise ValueError(f"policy check not understood: 'field:{match}'")
    if wanted.startswith("~"):
        pattern = re.compile(wanted[1:])
        return lambda _credentials, target: bool(pattern.match(str(target.get(name) or "")))
    return lambda _credentials, target: target.get(name) is not None and str(target[name]) == wanted


def _role(match: str) -> Test:
    value_of = _match_value(match)

    def check(credentials: Credentials, target: Target) -> bool:
        wanted = value_of(target)
        return wanted is not None and wanted.lower() in credentials["roles"]

    return check


def _comparison(kind: str, match: str) -> Test:
    value_of = _match_value(match)
    try:
        literal = str(ast.literal_eval(kind))
    except (ValueError, SyntaxError):
        path = kind.split(".")

        def check(credentials: Credentials, target: Target) -> bool:
            wanted = value_of(target)
            return wanted is not None and _holds(credentials, path, wanted)

        return check
    return lambda _credentials, target: value_of(target) == literal


def _match_value(match: str) -> Callable[[Target], str | None]:
    """What a check compares with: the text with its references filled in from the target, None where one is not there.

    An attribute that is there and None reads `None`, as in the original language: rules say `not None:%(attribute)s`.
    """
    names = _REFERENCE.findall(match)
    if not names:
        return lambda _target: match
    if len(names) == 1 and match == f"%({names[0]})s":
        name, path = names[0], names[0].split(".")
        return lambda target: _text(_attribute(target, name, path))

    def filled(target: Target) -> str | None:
        values = {name: _text(_attribute(target, name, name.split("."))) for name in names}
        return None if None in values.values() else match % values

    return filled


_ABSENT: Any = object()


def _text(value: Any) -> str | None:
    return None if value is _ABSENT else str(value)


def _attribute(target: Target, name: str, path: list[str]) -> Any:
    """The attribute of that name, or else what its path leads to inside the target."""
    if name in target:
        return target[name]
    value: Any = target
    for step in path:
        if not isinstance(value, Mapping) or step not in value:
            return _ABSENT
        value = value[step]  # pyright: ignore[reportUnknownVariableType]
    return value  # pyright: ignore[reportUnknownVariableType]


def _holds(value: Any, path: list[str], wanted: str) -> bool:
    """Whether what the path leads to reads as `wanted`; of a list, whether one of its members does."""
    for at, step in enumerate(path):
        if isinstance(value, list | tuple):
            members: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType]
            return any(_holds(one, path[at:], wanted) for one in members)
        if not isinstance(value, Mapping) or step not in value:
            return False
        value = value[step]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list | tuple):
        return any(str(one) == wanted for one in value)  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]
    return str(value) == wanted
