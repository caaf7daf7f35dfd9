"""Roles on the wire."""

from typing import Any

from gureum.identity.role import Role
from gureum.identity.wire import shapes

_ATTRIBUTES = {
    "name": shapes.name(),
    "description": shapes.TEXT_OR_NULL,
    "domain_id": shapes.ID_OR_NULL,
    "options": shapes.options("immutable"),
}
CREATE = shapes.wrapped("role", _ATTRIBUTES, required=("name",))
UPDATE = shapes.wrapped("role", _ATTRIBUTES, least=1)


def show(role: Role, base_url: str) -> dict[str, Any]:
    """A role as it is shown."""
    return role.extra | {
        "id": role.id,
        "name": role.name,
        "domain_id": role.domain_id,
        "description": role.description,
        "options": role.options,
        "links": {"self": f"{base_url}/v3/roles/{role.id}"},
    }


def mention(role: Role, base_url: str) -> dict[str, Any]:
    """A role as implications name it."""
    return {"id": role.id, "links": {"self": f"{base_url}/v3/roles/{role.id}"}, "name": role.name}


def show_inference(prior: Role, implied: Role | list[Role], base_url: str) -> dict[str, Any]:
    """An implication, or all those of one role."""
    several = [mention(one, base_url) for one in implied] if isinstance(implied, list) else mention(implied, base_url)
    return {"prior_role": mention(prior, base_url), "implies": several}
