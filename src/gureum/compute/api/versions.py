"""Discovery."""

from typing import Any

from gureum.kernel.http import Call, Routes
from gureum.kernel.http.api import Versions
from gureum.kernel.http.negotiate import show as text
from gureum.kernel.http.route import ANYONE

VERSIONS = Versions((2, 1), (2, 104), "compute", "X-OpenStack-Nova-API-Version")
"""`most` rises as far as the Changes of every served resource are written."""

routes = Routes()


def _version(call: Call) -> dict[str, Any]:
    return {
        "id": "v2.1",
        "status": "CURRENT",
        "version": text(VERSIONS.most),
        "min_version": text(VERSIONS.least),
        "updated": "2013-07-23T11:33:21Z",
        "links": [{"rel": "self", "href": f"{call.base_url}/v2.1/"}],
    }


@routes.get("/", ANYONE)
def choose(call: Call) -> dict[str, Any]:
    """The versions there are."""
    return {"versions": [_version(call)]}


@routes.get("/v2.1", ANYONE)
def show(call: Call) -> dict[str, Any]:
    """The one version."""
    version = _version(call)
    version["links"].append({"rel": "describedby", "type": "text/html", "href": "http://docs.openstack.org/"})
    media = {"base": "application/json", "type": "application/vnd.openstack.compute+json;version=2.1"}
    return {"version": version | {"media-types": [media]}}
