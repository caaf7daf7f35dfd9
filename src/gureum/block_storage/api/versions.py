"""Discovery, and the microversions that are spoken."""

from typing import Any

from gureum.kernel.http import Answer, Call, Routes
from gureum.kernel.http.api import Versions
from gureum.kernel.http.negotiate import show as shown
from gureum.kernel.http.route import ANYONE, AUTHENTICATED

VERSIONS = Versions(least=(3, 0), most=(3, 71), service="volume", strict=True)
routes = Routes()


def _versions(call: Call) -> dict[str, Any]:
    version = {
        "id": "v3.0",
        "status": "CURRENT",
        "version": shown(VERSIONS.most),
        "min_version": shown(VERSIONS.least),
        "updated": "2023-08-31T00:00:00Z",
        "links": [
            {"rel": "describedby", "type": "text/html", "href": "https://docs.openstack.org/"},
            {"rel": "self", "href": f"{call.base_url}/v3/"},
        ],
        "media-types": [
            {"base": "application/json", "type": "application/vnd.openstack.volume+json;version=3"},
        ],
    }
    return {"versions": [version]}


@routes.get("/", ANYONE)
def choose(call: Call) -> Answer:
    """The versions there are."""
    return Answer(300, _versions(call))


@routes.get("/v3", AUTHENTICATED)
def show(call: Call) -> dict[str, Any]:
    """The one version."""
    return _versions(call)
