"""Groups on the wire."""

from typing import Any

from gureum.identity.group import Group
from gureum.identity.wire import shapes

_ATTRIBUTES = {"name": shapes.name(), "description": shapes.TEXT_OR_NULL}
CREATE = shapes.wrapped("group", _ATTRIBUTES | {"domain_id": shapes.ID}, required=("name",))
UPDATE = shapes.wrapped("group", _ATTRIBUTES, least=1)


def show(group: Group, base_url: str, *, of_user: bool = False) -> dict[str, Any]:
    """A group as it is shown; among a user's groups with the end of the membership, which is never."""
    body = group.extra | {
        "id": group.id,
        "name": group.name,
        "domain_id": group.domain_id,
        "description": group.description,
    }
    if of_user:
        body["membership_expires_at"] = None
    return body | {"links": {"self": f"{base_url}/v3/groups/{group.id}"}}
