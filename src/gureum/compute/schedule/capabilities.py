"""Comparing a host's capability with what an extra spec says of it, in upstream's little language."""

from collections.abc import Callable

_NUMBERS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda have, want: have >= want,
    "==": lambda have, want: have == want,
    "!=": lambda have, want: have != want,
    ">=": lambda have, want: have >= want,
    "<=": lambda have, want: have <= want,
}
_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "s==": lambda have, want: have == want,
    "s!=": lambda have, want: have != want,
    "s>": lambda have, want: have > want,
    "s>=": lambda have, want: have >= want,
    "s<": lambda have, want: have < want,
    "s<=": lambda have, want: have <= want,
    "<in>": lambda have, want: want in have,
}


def matches(have: object, spec: str) -> bool:
    """Whether a capability is as `spec` wants: a plain value, or an operator and its operands."""
    words = spec.split()
    if not words:
        return str(have) == spec
    operator, operands = words[0], words[1:]
    text = " ".join(have) if isinstance(have, list) else str(have)  # pyright: ignore[reportUnknownArgumentType]
    if operator == "<or>":
        return text in [word for word in operands if word != "<or>"]
    if operator == "<all-in>":
        return all(word in text.split() for word in operands)
    if operator in _TEXTS and operands:
        return _TEXTS[operator](text, " ".join(operands))
    if operator in _NUMBERS and operands:
        try:
            return _NUMBERS[operator](float(text), float(operands[0]))
        except ValueError:
            return False
    return text == spec
