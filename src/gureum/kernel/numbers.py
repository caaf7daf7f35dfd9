"""Numbers in what clients send as text."""

MOST = 2**63 - 1


def natural(text: str) -> int | None:
    """The number that a text of the digits 0 to 9 is, MOST for one that is larger; None for any other text.

    int() would also take signs, spaces and other alphabets' digits, and takes no more than 4,300 of them; str.isdigit() also says
    yes to a raised two.
    """
    if not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0")
    return int(digits or "0") if len(digits) < len(str(MOST)) else MOST
