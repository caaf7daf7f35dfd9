"""Extensions."""

from typing import Any

from gureum.compute.wire import extensions as wire
from gureum.kernel.faults import NotFound
from gureum.kernel.http import Call, Routes

routes = Routes(early=True)
_RULE = "os_compute_api:extensions"


@routes.get("/v2.1/extensions", _RULE)
def index(call: Call) -> dict[str, Any]:
    """What is served, by the names it had once."""
    return {"extensions": wire.everything()}


@routes.get("/v2.1/extensions/{alias}", _RULE)
def show(call: Call, alias: str) -> dict[str, Any]:
    """One of them."""
    found = wire.show(alias)
    if found is None:
        raise NotFound("The resource could not be found.")
    return {"extension": found}
