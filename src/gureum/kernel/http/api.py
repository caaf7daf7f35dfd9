"""One service's API: its routes, dialect, versions and ports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gureum.kernel.http.dialect import Dialect
from gureum.kernel.http.history import Version
from gureum.kernel.http.manners import Manners
from gureum.kernel.http.route import Route
from gureum.kernel.http.trie import Leaf, Trie


@dataclass(frozen=True)
class Versions:
    """The microversions that an API speaks, and the headers that ask for one."""

    least: Version
    most: Version
    service: str
    """Its name in `OpenStack-API-Version`."""
    legacy_header: str = ""
    """An older header of the service's own."""
    default: Version | None = None
    """What a client without a header gets; `least` where None."""
    strict: bool = False
    """A header that names only other services is refused."""
    everywhere: bool = False
    """The root speaks them too."""


@dataclass
class Api:
    """An API as the edge serves it: at `/<path>` of the first port, and alone on its classic port."""

    service: str
    path: str
    port: int
    dialect: Dialect
    routes: Sequence[Route]
    versions: Versions | None = None
    token_first: bool = True
    """A path that does not exist is told only to those with a token."""
    lax: bool = True
    """Bodies may write numbers and booleans as text."""
    schema_first: bool = False
    """The body is checked before the early rule."""
    manners: Manners = field(default_factory=Manners)
    paths_of_others: Mapping[str, str] = field(default_factory=dict[str, str])
    trie: Trie = field(init=False)

    def __post_init__(self) -> None:
        self.trie = Trie(self.routes)

    def find(self, path: str) -> tuple[Leaf, dict[str, str]] | None:
        """What is served at a path, and the values of its parameters."""
        known = self.manners.known(path)
        return None if known is None else self.trie.find(known)
