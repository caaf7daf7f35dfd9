"""Check strings of oslo.policy, compiled into functions.

The language (oslo.policy's documentation, "Policy Rule Expressions"): `role:x`, `rule:x`, `attribute:%(target.attribute)s`,
`'literal':%(attribute)s`, `field:resource:attribute=value`, `@`, `!`, `and`, `or`, `not`, parentheses; the empty string allows.
"""

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any

Credentials = Mapping[str, Any]
Target = Mapping[str, Any]
Check = Callable[[Credentials, Target], bool]
Lookup = Callable[[str], Check]

_REFERENCE = re.compile(r"%\(([^)]+)\)s\Z")


def compile_check(text: str, lookup: Lookup) -> Check:
    """The function of a check string. `lookup` finds other rules by name when they are asked, so their order is free.

    Raises ValueError for a text that is no check string.
    """
    text = text.strip()
    if not text:
        return lambda _credentials, _target: True
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
        if len(checks) == 1:
            return checks[0]
        return lambda credentials, target: any(check(credentials, target) for check in checks)

    def both(self) -> Check:
        checks = [self.negated()]
        while self._next_is("and"):
            checks.append(self.negated())
        if len(checks) == 1:
            return checks[0]
        return lambda credentials, target: all(check(credentials, target) for check in checks)

    def negated(self) -> Check:
        if self._next_is("not"):
            inner = self.negated()
            return lambda credentials, target: not inner(credentials, target)
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
    if token == "@":  # noqa: S105
        return lambda _credentials, _target: True
    if token == "!":  # noqa: S105
        return lambda _credentials, _target: False
    kind, colon, match = token.partition(":")
    if token[0] in "'\"":
        end = token.index(token[0], 1)
        kind, colon, match = token[: end + 1], token[end + 1 : end + 2], token[end + 2 :]
    if not colon:
        raise ValueError(f"policy check not understood: {token!r}")
    if kind == "rule":
        return lambda credentials, target: lookup(match)(credentials, target)
    if kind == "role":
        wanted = match.lower()
        return lambda credentials, _target: wanted in credentials["roles"]
    if kind == "field":
        return _field(match)
    return _comparison(kind, match)


def _field(match: str) -> Check:
    """The network service's `resource:attribute=value`, or `=~pattern`, about an attribute of the target."""
    name, equals, wanted = match.partition(":")[2].partition("=")
    if not equals:
        raise ValueError(f"policy check not understood: 'field:{match}'")
    if wanted.startswith("~"):
        pattern = re.compile(wanted[1:])
        return lambda _credentials, target: bool(pattern.match(str(target.get(name) or "")))
    return lambda _credentials, target: target.get(name) is not None and str(target[name]) == wanted


def _comparison(kind: str, match: str) -> Check:
    value_of = _match_value(match)
    try:
        literal = ast.literal_eval(kind)
    except (ValueError, SyntaxError):
        path = kind.split(".")
        return lambda credentials, target: _same(_walk(credentials, path), value_of(target))
    return lambda _credentials, target: value_of(target) == str(literal)


def _match_value(match: str) -> Callable[[Target], str | None]:
    reference = _REFERENCE.match(match)
    if reference is None:
        return lambda _target: match
    name = reference.group(1)
    path = name.split(".")

    def of(target: Target) -> str | None:
        value = target.get(name)
        if value is None and len(path) > 1:
            value = _walk(target, path)
        return None if value is None and name not in target else str(value)

    return of


def _walk(values: Any, path: list[str]) -> Any:
    for name in path:
        if not isinstance(values, Mapping) or name not in values:
            return None
        values = values[name]  # pyright: ignore[reportUnknownVariableType]
    return values  # pyright: ignore[reportUnknownVariableType]


def _same(have: Any, want: str | None) -> bool:
    if have is None or want is None:
        return False
    if isinstance(have, list | tuple):
        return want in [str(one) for one in have]  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
    return str(have) == want
