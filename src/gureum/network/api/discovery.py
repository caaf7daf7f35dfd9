"""Versions, resources and extensions."""

from typing import Any

from gureum.kernel.faults import NotFound
from gureum.kernel.http import Call, Routes
from gureum.kernel.http.route import ANYONE, AUTHENTICATED
from gureum.network.wire.extensions import EXTENSIONS

routes = Routes()
_RESOURCES = (("network", "networks"), ("subnet", "subnets"), ("port", "ports"))


@routes.get("/", ANYONE)
def versions(call: Call) -> dict[str, Any]:
    """The one version there is."""
    link = {"rel": "self", "href": f"{call.base_url}/v2.0/"}
    return {"versions": [{"id": "v2.0", "status": "CURRENT", "links": [link]}]}


@routes.get("/v2.0", AUTHENTICATED)
def resources(call: Call) -> dict[str, Any]:
    """The resources that are the core of the API."""
    shown = [
        {
            "name": name,
            "collection": collection,
            "links": [{"rel": "self", "href": f"{call.base_url}/v2.0/{collection}"}],
        }
        for name, collection in _RESOURCES
    ]
    return {"resources": shown}


@routes.get("/v2.0/extensions", AUTHENTICATED)
def extensions(call: Call) -> dict[str, Any]:
    """What is served besides the core."""
    return {"extensions": list(EXTENSIONS.values())}


@routes.get("/v2.0/extensions/{alias}", AUTHENTICATED)
def extension(call: Call, alias: str) -> dict[str, Any]:
    """One extension."""
    if alias not in EXTENSIONS:
        raise NotFound(f"Extension with alias {alias} does not exist", page=True)
    return {"extension": EXTENSIONS[alias]}
