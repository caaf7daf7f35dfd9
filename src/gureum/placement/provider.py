"""A resource provider: something that has inventories, alone or in a tree of providers."""

from dataclasses import dataclass

from gureum.kernel.clock import Micros

SHARES = "MISC_SHARES_VIA_AGGREGATE"
"""The trait of a provider that lends to the trees that have an aggregate with it in common."""


@dataclass(frozen=True, slots=True)
class Provider:
    """`generation` rises with every change of what it has, is or lends. `root` is the top of its tree, maybe itself."""

    uuid: str
    name: str
    generation: int
    root: str
    parent: str | None = None
    updated_at: Micros = 0
