"""Resource classes over the wire."""

from typing import Any

from gureum.placement.wire.schemas import CUSTOM_PATTERN, Body, record

CREATE = Body(lambda _: record({"name": {"type": "string", "pattern": CUSTOM_PATTERN, "maxLength": 255}}, "name"))


def show(name: str, root: str) -> dict[str, Any]:
    """A class; `root` is the path of the API."""
    return {"name": name, "links": [{"rel": "self", "href": f"{root}/resource_classes/{name}"}]}
