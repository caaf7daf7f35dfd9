"""What is random in tests: how much of it, and from which seed.

`./test --long` sets GUREUM_LONG=1. GUREUM_SEED=SEED, or FIRST-LAST for storms, has a test that printed its seed take that way
again.
"""

import os
import random

LONG = os.environ.get("GUREUM_LONG") == "1"
"""Whether the long form is wanted."""


def asked() -> list[int]:
    """The seeds that somebody asked for."""
    first, _, last = os.environ.get("GUREUM_SEED", "").partition("-")
    return [*range(int(first), int(last or first) + 1)] if first else []


def new_seed() -> int:
    """A seed that nobody knows, or the one that was asked for; it is printed."""
    seed = next(iter(asked()), random.randrange(10**6))
    print(f"seed {seed}")
    return seed
