"""Flavors over the wire."""

from typing import Any

from gureum.compute.flavor import Flavor
from gureum.compute.wire import values
from gureum.kernel.http import Call, Change, History
from gureum.kernel.http.history import Version
from gureum.kernel.http.schema import Query, Shapes

_RAM_ETC = {
    "ram": values.number(1),
    "vcpus": values.number(1),
    "disk": values.number(0),
    "OS-FLV-EXT-DATA:ephemeral": values.number(0),
    "swap": values.number(0),
}
_ID = {
    "type": ["string", "number", "null"],
    "minLength": 1,
    "maxLength": 255,
    "pattern": "^(?! )[a-zA-Z0-9. _-]+(?<! )$",
}
_RXTX_FACTOR = {
    "type": ["number", "string"],
    "pattern": r"^[0-9]+(\.[0-9]+)?$",
    "minimum": 0,
    "exclusiveMinimum": 0,
    "maximum": 3.40282e38,
}
_DESCRIPTION = {"type": ["string", "null"], "minLength": 0, "maxLength": 65535}
_SORT_KEYS = [
    "created_at",
    "description",
    "disabled",
    "ephemeral_gb",
    "flavorid",
    "id",
    "is_public",
    "memory_mb",
    "name",
    "root_gb",
    "rxtx_factor",
    "swap",
    "updated_at",
    "vcpu_weight",
    "vcpus",
]


def _create(version: Version) -> values.Schema:
    known: dict[str, values.Schema] = {"name": values.NAME, "id": _ID, **_RAM_ETC}
    if version < (2, 102):
        known["rxtx_factor"] = _RXTX_FACTOR
    known["os-flavor-access:is_public"] = values.BOOLEAN
    if version >= (2, 55):
        known["description"] = _DESCRIPTION
    return values.wrapped("flavor", known, required=("name", "ram", "vcpus", "disk"))


def _query(version: Version) -> values.Schema:
    keys = [key for key in _SORT_KEYS if version < (2, 102) or key != "rxtx_factor"]
    known = {
        "limit": values.many(values.NATURAL),
        "marker": values.many(values.TEXT),
        "is_public": values.many(values.TEXT),
        "minRam": values.many(values.TEXT),
        "minDisk": values.many(values.TEXT),
        "sort_key": values.many({"type": "string", "enum": keys}),
        "sort_dir": values.many({"type": "string", "enum": ["asc", "desc"]}),
    }
    if version >= (2, 102):
        known["name"] = values.many(values.TEXT)
    return values.parameters(version, **known)


CREATE = Shapes(_create, values.FORMATS)
UPDATE = Shapes(lambda _: values.wrapped("flavor", {"description": _DESCRIPTION}, required=("description",)))
QUERY = Query(_query)


def _old_swap(item: dict[str, Any], _call: Call) -> None:
    if item.get("swap") == 0:
        item["swap"] = ""


HISTORY = History(
    "flavor",
    "flavors",
    [
        Change((2, 55), "flavors have a description", adds=frozenset({"description"})),
        Change((2, 61), "extra specs are shown", shows=frozenset({"extra_specs"})),
        Change((2, 75), "no swap is 0, not an empty text", down=_old_swap),
        Change(
            (2, 102),
            "what nothing looks at is shown no more",
            removes=frozenset({"rxtx_factor", "OS-FLV-DISABLED:disabled"}),
        ),
    ],
)


def links(base_url: str, flavor: Flavor) -> list[dict[str, str]]:
    """Where a flavor is."""
    return [
        {"rel": "self", "href": f"{base_url}/v2.1/flavors/{flavor.id}"},
        {"rel": "bookmark", "href": f"{base_url}/flavors/{flavor.id}"},
    ]


def brief(flavor: Flavor, base_url: str) -> dict[str, Any]:
    """A flavor as the short list shows it."""
    return {
        "id": flavor.id,
        "name": flavor.name,
        "links": links(base_url, flavor),
        "description": flavor.description,
    }


def show(flavor: Flavor, base_url: str, *, extra_specs: bool) -> dict[str, Any]:
    """A flavor; its extra specs only to those who may see them."""
    body: dict[str, Any] = {
        "id": flavor.id,
        "name": flavor.name,
        "ram": flavor.ram,
        "disk": flavor.disk,
        "swap": flavor.swap,
        "OS-FLV-EXT-DATA:ephemeral": flavor.ephemeral,
        "OS-FLV-DISABLED:disabled": flavor.disabled,
        "vcpus": flavor.vcpus,
        "os-flavor-access:is_public": flavor.is_public,
        "rxtx_factor": flavor.rxtx_factor,
        "links": links(base_url, flavor),
        "description": flavor.description,
    }
    if extra_specs:
        body["extra_specs"] = flavor.extra_specs
    return body
