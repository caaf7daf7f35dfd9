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
    password_unique: int = 0
    """How many of their last passwords users may not choose again; below two: any may be."""
    lockout_attempts: int = 0
    """After how many wrong passwords in a row a user is locked out; 0: never."""
    lockout_time: Micros | None = None
    """For how long after the last of them; None: until an administrator sets a password or enables the user."""
    max_project_depth: int = 5
    """How deep projects may be below a domain, which counts as one."""


settings = IdentitySettings()
