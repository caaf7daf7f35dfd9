"""Server groups on the wire, and what each microversion did to that."""

from typing import Any

from gureum.compute.server_group import ServerGroup
from gureum.compute.wire import values
from gureum.compute.wire.values import NAME, NATURAL, Schema, many, parameters
from gureum.kernel.http import Call, Change, History
from gureum.kernel.http.history import Version
from gureum.kernel.http.schema import Query, Shapes
from gureum.kernel.numbers import whole

_HARD = ["anti-affinity", "affinity"]
_ALL = [*_HARD, "soft-anti-affinity", "soft-affinity"]


def _create(version: Version) -> Schema:
    if version < (2, 64):
        one: Schema = {"type": "string", "enum": _HARD if version < (2, 15) else _ALL}
        policies: Schema = {"type": "array", "items": one, "minItems": 1, "maxItems": 1}
        return _body({"name": NAME, "policies": policies}, ["name", "policies"])
    most: dict[str, Schema] = {"max_server_per_host": values.number(1)}
    rules: Schema = {"type": "object", "properties": most, "additionalProperties": False}
    return _body({"name": NAME, "policy": {"type": "string", "enum": _ALL}, "rules": rules}, ["name", "policy"])


def _body(properties: dict[str, Schema], required: list[str]) -> Schema:
    group: Schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {
        "type": "object",
        "properties": {"server_group": group},
        "required": ["server_group"],
        "additionalProperties": False,
    }


CREATE = Shapes(_create, values.FORMATS)
QUERY = Query(
    lambda version: parameters(
        version, limit=many(NATURAL), offset=many(NATURAL), all_projects=many({"type": "string"})
    ),
    values.FORMATS,
)


def asked(body: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """Name, policy and rules of a group that shall be."""
    said = body["server_group"]
    return (
        said["name"],
        said["policy"] if "policy" in said else said["policies"][0],
        {name: whole(most) for name, most in said.get("rules", {}).items()},
    )


def show(group: ServerGroup) -> dict[str, Any]:
    """A group, as the newest microversion shows it."""
    return {
        "id": group.id,
        "name": group.name,
        "policy": group.policy,
        "rules": group.rules,
        "members": group.members,
        "project_id": group.project_id,
        "user_id": group.user_id,
    }


def _policies(item: dict[str, Any], _: Call) -> None:
    item["policies"] = [item.pop("policy")]
    item["metadata"] = {}
    del item["rules"]


GROUP = History(
    "server_group",
    "server_groups",
    [
        Change((2, 13), "whose a group is", shows=frozenset({"project_id", "user_id"})),
        Change((2, 64), "one policy, with rules", down=_policies),
    ],
)
