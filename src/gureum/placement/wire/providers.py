"""Resource providers over the wire."""

from typing import Any

from gureum.kernel.http import Call, Change, History
from gureum.kernel.http.history import Version
from gureum.placement.provider import Provider
from gureum.placement.request import Filters
from gureum.placement.wire import queries
from gureum.placement.wire.schemas import UUID, Body, Parameters, Schema, record

_TREES: Version = (1, 14)
_NAME = {"type": "string", "maxLength": 200}
_PARENT = {"anyOf": [UUID, {"type": "null"}]}
_FILTERS: list[tuple[Version, str, Schema]] = [
    ((1, 0), "name", {"type": "string"}),
    ((1, 0), "uuid", UUID),
    ((1, 3), "member_of", {"type": "string"}),
    ((1, 4), "resources", {"type": "string"}),
    ((1, 14), "in_tree", UUID),
    ((1, 18), "required", {"type": "string"}),
]


def _written(version: Version, **more: Schema) -> Schema:
    parent: Schema = {"parent_provider_uuid": _PARENT} if version >= _TREES else {}
    return record({"name": _NAME} | more | parent, "name")


def _narrowed(version: Version) -> Schema:
    return record({name: schema for since, name, schema in _FILTERS if version >= since})


CREATE = Body(lambda version: _written(version, uuid=UUID))
UPDATE = Body(_written)
LIST = Parameters(_narrowed)


def _stays(body: dict[str, Any], _: Call) -> None:
    body["may_move"] = False


def _without(relation: str) -> Any:
    def down(body: dict[str, Any], _: Call) -> None:
        body["links"] = [link for link in body["links"] if link["rel"] != relation]

    return down


HISTORY = History(
    "",
    "resource_providers",
    [
        Change((1, 1), "providers are in aggregates", down=_without("aggregates")),
        Change((1, 6), "providers have traits", down=_without("traits")),
        Change((1, 11), "providers link to their allocations", down=_without("allocations")),
        Change((1, 14), "providers are trees", shows=frozenset({"parent_provider_uuid", "root_provider_uuid"})),
        Change((1, 37), "a provider may get another parent, or none", up=_stays),
    ],
)


def filters(query: queries.Query, version: Version) -> Filters:
    """What a list is narrowed to. Raises Invalid."""
    required, forbidden = queries.traits(query, "required", version)
    member_of, outside = queries.aggregates(query, "member_of", version)
    wanted = query.get("resources")
    return Filters(
        queries.resources(wanted[-1]) if wanted else {},
        required,
        forbidden,
        member_of,
        outside,
        queries.tree(query.get("in_tree", [])),
        *(query[name][-1] if name in query else None for name in ("uuid", "name")),
    )


def show(provider: Provider, root: str) -> dict[str, Any]:
    """A provider; `root` is the path of the API."""
    own = f"{root}/resource_providers/{provider.uuid}"
    parts = ("inventories", "usages", "aggregates", "traits", "allocations")
    return {
        "uuid": provider.uuid,
        "name": provider.name,
        "generation": provider.generation,
        "links": [{"rel": "self", "href": own}, *({"rel": part, "href": f"{own}/{part}"} for part in parts)],
        "parent_provider_uuid": provider.parent,
        "root_provider_uuid": provider.root,
    }
