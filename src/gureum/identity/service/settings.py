"""Settings of identity, filled in from the settings file at start."""

from dataclasses import dataclass

from gureum.kernel.clock import SECOND, Micros


@dataclass
class IdentitySettings:
    """What an operator may choose."""

    token_lifetime: Micros = 3600 * SECOND


settings = IdentitySettings()
