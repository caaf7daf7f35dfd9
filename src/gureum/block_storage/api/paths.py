"""Both forms of every path: with the caller's project in it, as it was, and without, as it may be since 3.67."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, TypeVar

from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call, Route, Routes, TxKind

H = TypeVar("H", bound=Callable[..., Any])


class ScopedRoutes:
    """A module's operations under `/v3/{project_id}` and under `/v3`. Rules are asked in the doors."""

    def __init__(self, **defaults: Any) -> None:
        self._routes = Routes(**defaults)

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def add(self, method: str, path: str, rule: str, **more: Any) -> Callable[[H], H]:
        """Register the decorated function (call, path parameters behind the project…, [body])."""

        def register(handler: H) -> H:
            self._routes.add(method, f"/v3{path}", rule, **more)(handler)
            self._routes.add(method, f"/v3/{{project_id}}{path}", rule, **more)(_scoped(handler))
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

    def delete(self, path: str, rule: str, **more: Any) -> Callable[[H], H]:
        """A DELETE that writes."""
        return self.add("DELETE", path, rule, **({"tx": TxKind.WRITE, "status": 202} | more))


def _scoped(handler: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(handler)
    def checked(call: Call, project_id: str, *rest: Any) -> Any:
        if project_id != call.caller.project_id:
            raise Invalid("Malformed request url")
        return handler(call, *rest)

    return checked
