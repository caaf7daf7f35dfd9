"""One request as handlers see it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gureum.kernel import faults
from gureum.kernel.caller import Caller
from gureum.kernel.http.history import Version
from gureum.kernel.policy import Reach, policy
from gureum.kernel.store.database import Database
from gureum.kernel.store.tx import Tx


@dataclass
class Call:
    """A request, its caller and its transaction.

    `query` holds every value of every parameter, in order; where it was no UTF-8 and the service minds, looking at it raises
    Invalid with `undecodable`. `base_url` is where the client reaches this API, without a slash
    at the end, built from the name that the client used. `version` is the microversion, (0, 0) where the API has none.
    """

    service: str
    method: str
    path: str
    parameters: Mapping[str, list[str]]
    headers: Mapping[str, str]
    base_url: str
    root_url: str
    database: Database
    request_id: str
    version: Version = (0, 0)
    raw: bytes = b""
    stream: AsyncIterator[bytes] | None = None
    peer: str = ""
    token: str | None = None
    response_headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    undecodable: str = ""
    _caller: Caller | None = None
    _tx: Tx | None = None

    @property
    def query(self) -> Mapping[str, list[str]]:
        """The parameters of the query."""
        if self.undecodable:
            raise faults.Invalid(self.undecodable)
        return self.parameters

    @property
    def caller(self) -> Caller:
        """Who asks. Raises Unauthenticated on operations that need no token when none was sent."""
        if self._caller is None:
            raise faults.Unauthenticated("The request you have made requires authentication.")
        return self._caller

    @property
    def tx(self) -> Tx:
        """The transaction that the route declared."""
        if self._tx is None:
            raise RuntimeError(f"{self.method} {self.path} declared no transaction")
        return self._tx

    def one(self, name: str) -> str | None:
        """The last value of a query parameter, or None."""
        values = self.query.get(name)
        return values[-1] if values else None

    def flag(self, name: str) -> bool | None:
        """A query parameter as a boolean; None where it is absent. Raises Invalid for what is neither."""
        value = self.one(name)
        if value is None:
            return None
        lowered = value.lower()
        if lowered in ("", "1", "t", "true", "on", "y", "yes"):
            return True
        if lowered in ("0", "f", "false", "off", "n", "no"):
            return False
        raise faults.Invalid(f"Invalid input for field/attribute {name}. Value: {value}. '{value}' is not a boolean")

    def may(self, rule: str, target: Mapping[str, Any] | None = None) -> bool:
        """Whether the caller is allowed `rule` of this service."""
        return policy.allows(self.service, rule, self.caller, target)

    def demand(self, rule: str, target: Mapping[str, Any] | None = None) -> None:
        """Raise Forbidden unless `may`."""
        policy.demand(self.service, rule, self.caller, target)

    def reach(self, rule: str) -> Reach:
        """How far `rule` lets the caller see in a list."""
        return policy.reach(self.service, rule, self.caller)
