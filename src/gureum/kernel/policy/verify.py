"""Whether rules can be asked at all: references that lead somewhere, and lists that SQL can answer."""

from collections.abc import Iterator, Mapping

from gureum.kernel.policy.compile import Both, Check, Either, Leaf, Not, Reference

Groups = tuple[frozenset[str], ...]
"""What a list can ask of a row: each group are attributes that one condition in SQL stands for."""


def verify(service: str, checks: Mapping[str, Check], lists: Mapping[str, Groups]) -> None:
    """Raise ValueError for what cannot be asked."""
    for name in checks:
        _follow(service, name, checks, ())
    for name, groups in lists.items():
        reason = _unlisted(checks[name], checks, groups)
        if reason:
            raise ValueError(f"policy of {service}: {name} decides over a list, which {reason}")


def _follow(service: str, name: str, checks: Mapping[str, Check], path: tuple[str, ...]) -> None:
    if name in path:
        raise ValueError(f"policy of {service}: rules refer to each other in a circle: {' → '.join((*path, name))}")
    if name not in checks:
        raise ValueError(f"policy of {service}: {path[-1]} refers to rule {name}, which there is not")
    for inner in _references(checks[name]):
        _follow(service, inner, checks, (*path, name))


def _references(check: Check) -> Iterator[str]:
    match check:
        case Reference():
            yield check.name
        case Either() | Both():
            for part in check.parts:
                yield from _references(part)
        case Not():
            yield from _references(check.part)
        case Leaf():
            pass


def attributes(check: Check, checks: Mapping[str, Check]) -> frozenset[str]:
    """The attributes of its target that a rule looks at, also through others."""
    match check:
        case Leaf():
            return check.attributes
        case Reference():
            return attributes(checks[check.name], checks)
        case Not():
            return attributes(check.part, checks)
        case Either() | Both():
            return frozenset[str]().union(*(attributes(part, checks) for part in check.parts))


def _unlisted(check: Check, checks: Mapping[str, Check], groups: Groups) -> str:
    """Why a list cannot ask the rule row by row in SQL; empty where it can.

    A list asks the rule once for each group of attributes, all others being absent, and adds the answers up. That is right as
    long as no part needs attributes of two groups at once, and none is turned round by `not`.
    """
    match check:
        case Either():
            return next(filter(None, (_unlisted(part, checks, groups) for part in check.parts)), "")
        case Reference():
            return _unlisted(checks[check.name], checks, groups)
        case Not():
            asked = attributes(check.part, checks)
            return f"cannot ask for rows where not {', '.join(sorted(asked))}" if asked else ""
        case Leaf() | Both():
            asked = attributes(check, checks)
            if asked and not any(asked <= group for group in groups):
                known = " or ".join(", ".join(sorted(group)) for group in groups)
                return f"can ask for {known} of a row, not for {', '.join(sorted(asked))} together"
            inner = check.parts if isinstance(check, Both) else ()
            return next(filter(None, (_unlisted(part, checks, groups) for part in inner)), "")
