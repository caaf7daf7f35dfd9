"""Domains on the wire."""

from typing import Any

from gureum.identity.project import Project
from gureum.identity.wire import shapes

_CHANGEABLE = {
    "name": shapes.name(64),
    "description": shapes.text(255, null=True),
    "enabled": shapes.BOOLEAN,
    "tags": shapes.TAGS,
    "options": shapes.options("immutable"),
}
CREATE = shapes.wrapped("domain", _CHANGEABLE | {"explicit_domain_id": shapes.ID}, required=("name",))
UPDATE = shapes.wrapped("domain", _CHANGEABLE, least=1)


def show(domain: Project, base_url: str) -> dict[str, Any]:
    """A domain as it is shown."""
    return domain.extra | {
        "id": domain.id,
        "name": domain.name,
        "description": domain.description,
        "enabled": domain.enabled,
        "tags": domain.tags,
        "options": domain.options,
        "links": {"self": f"{base_url}/v3/domains/{domain.id}"},
    }
