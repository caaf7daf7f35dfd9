"""Discovery."""

from typing import Any

from gureum.kernel.http import Answer, Call, Routes
from gureum.kernel.http.route import ANYONE

routes = Routes()

_CURRENT = "v2.9"
_LEVELS = ("v2.8", "v2.9", "v2.7", "v2.6", "v2.5", "v2.4", "v2.3", "v2.2", "v2.1", "v2.0")


def _versions(call: Call) -> dict[str, Any]:
    links = [{"rel": "self", "href": f"{call.base_url}/v2/"}]
    return {
        "versions": [
            {"id": level, "status": "CURRENT" if level == _CURRENT else "SUPPORTED", "links": links}
            for level in _LEVELS
        ]
    }


@routes.get("/", ANYONE)
def choose(call: Call) -> Answer:
    """The versions there are, to choose from."""
    return Answer(300, _versions(call))


@routes.get("/versions", ANYONE)
def show(call: Call) -> dict[str, Any]:
    """The versions there are."""
    return _versions(call)
