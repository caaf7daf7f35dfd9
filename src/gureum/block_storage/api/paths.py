"""Both forms of every path: with the caller's project in it, as it was, and without, as it may be since 3.67."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call, Routes

H = TypeVar("H", bound=Callable[..., Any])


class ScopedRoutes(Routes):
    """A module's operations under `/v3/{project_id}` and under `/v3`. Rules are asked in the doors."""

    def add(self, method: str, path: str, rule: str, **more: Any) -> Callable[[H], H]:
        """Register the decorated function (call, path parameters behind the project…, [body])."""
        bare = super().add(method, f"/v3{path}", rule, **more)
        scoped = super().add(method, f"/v3/{{project_id}}{path}", rule, **more)

        def register(handler: H) -> H:
            scoped(_scoped(bare(handler)))
            return handler

        return register

    def delete(self, path: str, rule: str, **more: Any) -> Callable[[H], H]:
        """A DELETE that writes, and most often only begins."""
        return super().delete(path, rule, **({"status": 202} | more))


def _scoped(handler: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(handler)
    def checked(call: Call, project_id: str, *rest: Any) -> Any:
        if project_id != call.caller.project_id:
            raise Invalid("Malformed request url")
        return handler(call, *rest)

    return checked
