"""What stands in queries: amounts, traits, aggregates, trees."""

from collections.abc import Mapping, Sequence

from gureum.kernel.faults import Invalid
from gureum.kernel.http.history import Version
from gureum.kernel.ids import is_uuid
from gureum.placement.request import Names

_FORBIDS: Version = (1, 22)
_SEVERAL_AGGREGATES: Version = (1, 24)
_OUTSIDE: Version = (1, 32)
_ANY_OF: Version = (1, 39)

Query = Mapping[str, list[str]]
_FORM = "Badly formed resources parameter. Expected resources query string parameter in form: ?resources=VCPU:2,MEMORY_MB:1024."


def resources(text: str) -> dict[str, int]:
    """`VCPU:2,MEMORY_MB:1024`. Raises Invalid."""
    if not text.strip():
        raise Invalid(f"{_FORM} Got: empty string.")
    return dict(_amount(part) for part in text.split(","))


def _amount(text: str) -> tuple[str, int]:
    name, colon, number = text.partition(":")
    if not colon or ":" in number:
        raise Invalid(f"{_FORM} Got: {text}.")
    try:
        amount = int(number)
    except ValueError:
        raise Invalid(f"Requested resource {name} expected positive integer amount. Got: {number}.") from None
    if amount < 1:
        raise Invalid(f"Requested resource {name} requires amount >= 1. Got: {amount}.")
    return name, amount


def traits(query: Query, parameter: str, version: Version) -> tuple[list[Names], Names]:
    """Of each set one is required, and those that are forbidden; before 1.39 only the last of several parameters counts."""
    values = query.get(parameter, [])
    required: list[Names] = []
    forbidden: set[str] = set()
    for value in values if version >= _ANY_OF else values[-1:]:
        if value.startswith("in:"):
            required.append(_any_of(value, version))
        else:
            all_of, none_of = all_and_none(value, forbids=version >= _FORBIDS)
            required += [frozenset({name}) for name in sorted(all_of)]
            forbidden |= none_of
    return required, frozenset(forbidden)


def _any_of(value: str, version: Version) -> Names:
    form = "in:HW_CPU_X86_VMX,CUSTOM_MAGIC"
    if version < _ANY_OF:
        raise _bad(f"The format '{form}' only supported since microversion 1.39. Got: {value}")
    names = frozenset(name.strip() for name in value[3:].split(","))
    if "" in names:
        raise _bad(f"Expected 'required' parameter value of the form: {form}. Got an empty trait in: {value}")
    if any(name.startswith("!") for name in names):
        raise _bad(f"The format '{form}' does not support forbidden traits. Got: {value}")
    return names


def all_and_none(value: str, *, forbids: bool = True) -> tuple[Names, Names]:
    """`HW_A,!HW_B`: what is required, and what is forbidden. Raises Invalid."""
    names = [name.strip() for name in value.split(",")]
    none_of = frozenset(name.lstrip("!") for name in names if name.startswith("!"))
    form = f"HW_CPU_X86_VMX,{'!' if forbids else ''}CUSTOM_MAGIC"
    said = f"Expected 'required' parameter value of the form: {form}."
    if "" in names or "" in none_of:
        raise _bad(f"{said} Got an empty trait in: {value}")
    if none_of and not forbids:
        raise _bad(f"{said} Got: {value}")
    return frozenset(name for name in names if not name.startswith("!")), none_of


def aggregates(query: Query, parameter: str, version: Version) -> tuple[list[Names], Names]:
    """Of each set a provider is in one, and those that it is in none of. Raises Invalid."""
    values = query.get(parameter, [])
    if len(values) > 1 and version < _SEVERAL_AGGREGATES:
        raise Invalid(f"Multiple {parameter} parameters are not supported")
    inside: list[Names] = []
    outside: set[str] = set()
    for value in values:
        if value.startswith("!"):
            if version < _OUTSIDE:
                raise Invalid(f"Forbidden {parameter} parameters are not supported in the specified microversion")
            outside |= _aggregates(value[1:], value)
        else:
            inside.append(_aggregates(value, value))
    return inside, frozenset(outside)


def _aggregates(value: str, said: str) -> Names:
    if "," in value and not value.startswith("in:"):
        raise Invalid(
            "Multiple values for 'member_of' must be prefixed with the 'in:' or '!in:' keyword using the valid "
            f"microversion. Got: {said}"
        )
    names = value.removeprefix("in:").split(",")
    for name in names:
        if not is_uuid(name):
            raise _bad(f"Expected 'member_of' parameter to contain valid UUID(s). Got: {name}")
    return frozenset(names)


def tree(values: Sequence[str]) -> str | None:
    """The provider whose tree is meant. Raises Invalid for what is no uuid."""
    if not values:
        return None
    if not is_uuid(values[-1]):
        raise _bad(f"Expected 'in_tree' parameter to be a format of uuid. Got: {values[-1]}")
    return values[-1]


def _bad(said: str) -> Invalid:
    return Invalid(f"Invalid query string parameters: {said}")
