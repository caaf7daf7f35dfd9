"""Operations as data: method, path, rule, transaction, body, history."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from gureum.kernel.http.history import History, Version
from gureum.kernel.http.schema import Query

H = TypeVar("H", bound=Callable[..., Any])

MOST_BYTES = 256 * 1024
"""Of a body, where a route says nothing: twice what upstream's services take. What lists most in it is still answered soon."""
ANYONE = ""
"""In place of a rule: the operation needs no token."""
AUTHENTICATED = "@"
"""In place of a rule: any valid token does, and upstream has no rule for it either."""


class TxKind(Enum):
    """The transaction that an operation runs in."""

    READ = "read"
    WRITE = "write"
    OWN = "own"
    """None: the handler runs in a thread that may block and opens short ones through `call.database`."""
    STREAM = "stream"
    """None: the handler is a coroutine that reads `call.stream`."""


@dataclass(frozen=True)
class Route:
    """One operation.

    `rule` is the policy rule that decides; with `early` the edge asks it against the caller's own project before the handler
    runs, else the service's door asks it about the loaded target. `body` is the msgspec type of the JSON body; `query` checks
    the parameters before the body, and after an early rule only where that comes before the body too.
    """

    method: str
    path: str
    handler: Callable[..., Any]
    rule: str
    tx: TxKind = TxKind.READ
    body: Any = None
    query: Query | None = None
    action: str | None = None
    history: History | None = None
    since: Version | None = None
    until: Version | None = None
    status: int = 200
    early: bool = False
    most_bytes: int = MOST_BYTES
    head: bool = False
    """A GET that answers HEAD too, where the API as a whole does not."""
    strict: bool = False
    """Who does not accept JSON, or asks with a path or query that is no UTF-8, is refused."""
    raw: bool = False
    """The handler reads `call.raw` itself; the body is no JSON."""


class Routes:
    """A module's operations, gathered by decorators in the order of the file."""

    def __init__(self, **defaults: Any) -> None:
        self._routes: list[Route] = []
        self._defaults = defaults

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def add(self, method: str, path: str, rule: str, **more: Any) -> Callable[[H], H]:
        """Register the decorated function (call, path parameters…, [body])."""

        def register(handler: H) -> H:
            self._routes.append(Route(method, path, handler, rule, **(self._defaults | more)))
            return handler

        return register

    def get(self, path: str, rule: str, **more: Any) -> Callable[[H], H]:
        """A GET that reads."""
        return self.add("GET", path, rule, **more)

    def post(self, path: str, rule: str, **more: Any) -> Callable[[H], H]:
        """A POST that writes."""
        return self.add("POST", path, rule, **({"tx": TxKind.WRITE} | more))

    def put(self, path: str, rule: str, **more: Any) -> Callable[[H], H]:
        """A PUT that writes."""
        return self.add("PUT", path, rule, **({"tx": TxKind.WRITE} | more))

    def patch(self, path: str, rule: str, **more: Any) -> Callable[[H], H]:
        """A PATCH that writes."""
        return self.add("PATCH", path, rule, **({"tx": TxKind.WRITE} | more))

    def delete(self, path: str, rule: str, **more: Any) -> Callable[[H], H]:
        """A DELETE that writes."""
        return self.add("DELETE", path, rule, **({"tx": TxKind.WRITE, "status": 204} | more))
