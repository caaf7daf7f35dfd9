"""Discovery."""

from typing import Any

from gureum.kernel.http import Answer, Call, Routes
from gureum.kernel.http.api import Versions
from gureum.kernel.http.negotiate import show as text
from gureum.kernel.http.route import ANYONE
from gureum.placement.api.answers import dated, root

VERSIONS = Versions((1, 0), (1, 39), "placement", everywhere=True)

routes = Routes()


@routes.get("/", ANYONE)
def choose(call: Call) -> Answer:
    """The one version."""
    version: dict[str, Any] = {
        "id": "v1.0",
        "max_version": text(VERSIONS.most),
        "min_version": text(VERSIONS.least),
        "status": "CURRENT",
        "links": [{"rel": "self", "href": root(call)}],
    }
    return Answer(200, {"versions": [version]}, dated(call))
