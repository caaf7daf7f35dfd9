"""Numbers in what clients send as text.

int() takes no more than 4,300 digits, but signs, spaces, underscores and any alphabet's digits; str.isdigit() also says yes to a
raised two, of which int() says no.
"""

MOST = 2**63 - 1
"""The largest number that every database keeps."""
_LONG = 1_000


def natural(text: str) -> int | None:
    """The number that a text of the digits 0 to 9 is, MOST for one that is larger; None for any other text."""
    return whole(text) if text.isascii() and text.isdigit() else None


def whole(value: float | str, most: int = MOST) -> int:
    """The whole number that int() finds in `value`, however many digits it has: as near to it as ±`most` is; or ValueError.

    To JSON Schema 1.0 is a whole number, too.
    """
    number = int(value) if isinstance(value, int | float) or len(value) < _LONG else _long(value)
    return int(max(-most, min(number, most)))


def _long(text: str) -> int | float:
    """A number of very many digits, most often endless."""
    digits = text.strip()
    digits = digits[1:] if digits[:1] in ("+", "-") else digits
    if not digits.isdecimal():
        raise ValueError("not a number")
    return float(text)
