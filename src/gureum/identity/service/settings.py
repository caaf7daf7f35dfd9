"""Settings of identity, filled in from the settings file at start."""

from dataclasses import dataclass

from gureum.kernel.clock import SECOND, Micros


@dataclass
class IdentitySettings:
    """What an operator may choose."""

    token_lifetime: Micros = 3600 * SECOND
    password_lifetime: Micros | None = None
    """A password expires so long after it was set; None: never."""
    password_regex: str | None = None
    """What a password must match; None: anything goes."""
    password_regex_description: str = ""
    """That in words, for those whose password was refused."""
    max_project_depth: int = 5
    """How deep projects may be below a domain, which counts as one."""


settings = IdentitySettings()
