"""What is wrong, what it means, and what mends it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fix:
    """What `--fix` does, in words and in deed. The deed may raise OSError or click.ClickException."""

    plan: str
    do: Callable[[], object]


@dataclass(frozen=True)
class Finding:
    """Something wrong. `means` says why it matters, `mend` what to do by hand. A notice is not `serious`."""

    what: str
    means: str
    mend: str
    fix: Fix | None = None
    serious: bool = True
