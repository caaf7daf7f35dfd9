"""Discovery."""

from typing import Any

from gureum.kernel.http import Answer, Call, Routes
from gureum.kernel.http.route import ANYONE

routes = Routes()


def _version(call: Call) -> dict[str, Any]:
    return {
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": f"{call.base_url}/v3/"}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}],
    }


@routes.get("/", ANYONE)
def choose(call: Call) -> Answer:
    """The versions there are."""
    return Answer(300, {"versions": {"values": [_version(call)]}}, [("Location", f"{call.base_url}/v3/")])


@routes.get("/v3", ANYONE)
def show(call: Call) -> dict[str, Any]:
    """The one version."""
    return {"version": _version(call)}
