"""Projects on the wire."""

from typing import Any

from gureum.identity.project import Project
from gureum.identity.wire import shapes
from gureum.kernel.http.schema import Shape

_CHANGEABLE = {
    "name": shapes.name(64),
    "description": shapes.TEXT_OR_NULL,
    "enabled": shapes.BOOLEAN,
    "tags": shapes.TAGS,
    "options": shapes.options("immutable"),
}
CREATE = shapes.wrapped(
    "project",
    _CHANGEABLE | {"domain_id": shapes.ID_OR_NULL, "parent_id": shapes.ID_OR_NULL, "is_domain": shapes.BOOLEAN},
    required=("name",),
    strange_first=True,
)
UPDATE = shapes.wrapped("project", _CHANGEABLE)
TAGS = Shape(
    {"type": "object", "properties": {"tags": shapes.TAGS}, "required": ["tags"], "additionalProperties": False}
)
TAG = Shape({"type": "object", "properties": {"tag": shapes.TAG}})


def show(
    project: Project, base_url: str, *, changed: bool = False, relatives: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A project as it is shown; after a change upstream repeats the undeclared attributes under `extra`. `relatives` are
    `parents` and `subtree` where they were asked for."""
    body = project.extra | {
        "id": project.id,
        "name": project.name,
        "domain_id": project.domain_id,
        "description": project.description,
        "enabled": project.enabled,
        "parent_id": project.parent_id,
        "is_domain": project.is_domain,
        "tags": project.tags,
    }
    if changed:
        body["extra"] = project.extra
    links = {"links": {"self": f"{base_url}/v3/projects/{project.id}"}}
    return body | {"options": project.options} | (relatives or {}) | links
