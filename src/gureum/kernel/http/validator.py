"""JSON Schema as the services take it: jsonschema's validators, with what theirs do otherwise than Python would."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from gureum.kernel.numbers import whole

_MOST = 10**99
"""Large enough to be beyond every bound, and short enough to be named in a sentence."""


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    """`pattern`, whose `$` is the end: Python's also stands before a newline there."""
    if isinstance(instance, str) and not _compiled(pattern).search(instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _names(validator: Any, patterns: dict[str, Any], instance: Any, schema: Any) -> Iterator[Any]:
    """`patternProperties`, likewise."""
    for name in instance if isinstance(instance, dict) else ():
        if any(re.search(one, name) and not _compiled(one).search(name) for one in patterns):
            words = ", ".join(repr(one) for one in sorted(patterns))
            yield ValidationError(f"{name!r} does not match any of the regexes: {words}")
    yield from Draft202012Validator.VALIDATORS["patternProperties"](validator, patterns, instance, schema)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"(?<!\\)\$(?=$|\|)", r"\\Z", pattern))


def _bound(_validator: Any, bound: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """`minimum` and `maximum`, of numbers in text too."""
    figure = instance
    if isinstance(instance, str):
        try:
            figure = whole(instance, _MOST)
        except ValueError:
            return
    if isinstance(figure, bool) or not isinstance(figure, int | float):
        return
    if bound == schema.get("minimum") and figure < bound:
        yield ValidationError(f"{figure!r} is less than the minimum of {bound!r}")
    elif bound == schema.get("maximum") and figure > bound:
        yield ValidationError(f"{figure!r} is greater than the maximum of {bound!r}")


Strict: Any = extend(Draft202012Validator, {"pattern": _pattern, "patternProperties": _names})
"""A schema as it is written."""

Lenient: Any = extend(Strict, {"minimum": _bound, "maximum": _bound})
"""A schema that bounds numbers in text too."""
