"""Images as the compute API shows them."""

from typing import Any

from gureum.compute.wire import values
from gureum.image.image import Image
from gureum.image.search import Search
from gureum.kernel.clock import Micros, iso_micros, parse_iso
from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call
from gureum.kernel.http.schema import Query
from gureum.kernel.numbers import natural

POSITIVE: values.Schema = {"type": ["integer", "string"], "pattern": "^[0-9]*$", "minimum": 1, "minLength": 1}
QUERY = Query(
    lambda version: values.parameters(
        version,
        limit=values.many(POSITIVE),
        page_size=values.many(POSITIVE),
        marker=values.many(values.TEXT),
        offset=values.many(values.NATURAL),
    )
)
_STATES = {"active": "ACTIVE", "queued": "SAVING", "saving": "SAVING"}
_PROGRESS = {"queued": 25, "saving": 50, "active": 100}
_SERVER = "instance_uuid"


def wanted(call: Call) -> Search:
    """The filters of a list. Raises Invalid."""
    search = Search()
    for name, given in call.query.items():
        value = given[-1]
        if name == "name":
            search.equal["name"] = value
        elif name == "status":
            search.among["status"] = [ours for ours, shown in _STATES.items() if shown == value.upper()]
        elif name in ("minRam", "minDisk"):
            search.equal["min_ram" if name == "minRam" else "min_disk"] = _number(name, value)
        elif name == "changes-since":
            search.times.append(("updated_at", "gte", _time(value)))
        elif name == "server":
            search.properties[_SERVER] = value.rsplit("/", 1)[-1]
        elif name == "type":
            search.properties["image_type"] = value
        elif name.startswith("property-"):
            search.properties[name.removeprefix("property-")] = value
    return search


def _number(name: str, text: str) -> int:
    number = natural(text)
    if number is None:
        raise Invalid(f"Invalid {name} filter [{text}]")
    return number


def _time(text: str) -> Micros:
    try:
        return parse_iso(text)
    except ValueError:
        raise Invalid("Invalid changes-since value") from None


def brief(call: Call, image: Image) -> dict[str, Any]:
    """An image in short."""
    return {"id": image.id, "name": image.name, "links": _links(call, image)}


def show(call: Call, image: Image) -> dict[str, Any]:
    """An image; of a snapshot with the server that it is of."""
    body: dict[str, Any] = {
        "id": image.id,
        "name": image.name,
        "minRam": image.min_ram,
        "minDisk": image.min_disk,
        "metadata": image.properties,
        "created": _moment(image.created_at),
        "updated": _moment(image.updated_at),
        "status": _STATES.get(image.status, "UNKNOWN"),
        "progress": _PROGRESS.get(image.status, 0),
        "OS-EXT-IMG-SIZE:size": image.size or 0,
        "links": _links(call, image),
    }
    server = image.properties.get(_SERVER)
    if server is not None:
        links = [
            {"rel": "self", "href": f"{call.base_url}/v2.1/servers/{server}"},
            {"rel": "bookmark", "href": f"{call.base_url}/servers/{server}"},
        ]
        body["server"] = {"id": server, "links": links}
    return body


def _moment(when: Micros) -> str:
    return f"{iso_micros(when)}"[:19] + "Z"


def _links(call: Call, image: Image) -> list[dict[str, str]]:
    return [
        {"rel": "self", "href": f"{call.base_url}/v2.1/images/{image.id}"},
        {"rel": "bookmark", "href": f"{call.base_url}/images/{image.id}"},
        {
            "rel": "alternate",
            "type": "application/vnd.openstack.image",
            "href": f"{call.root_url}/image/images/{image.id}",
        },
    ]
