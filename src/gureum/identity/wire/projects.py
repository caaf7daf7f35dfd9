"""Projects on the wire."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from gureum.identity.project import Project

Name = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"[\S]+")]
Tag = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"^[^,/]*$")]


class ProjectOptions(Struct, forbid_unknown_fields=True, omit_defaults=True):
    immutable: bool | None | UnsetType = UNSET


class NewProject(Struct):
    name: Name
    description: str | None = None
    domain_id: str | None = None
    parent_id: str | None = None
    enabled: bool = True
    is_domain: bool = False
    tags: Annotated[list[Tag], Meta(max_length=80)] = []
    options: ProjectOptions | UnsetType = UNSET


class CreateProject(Struct):
    """POST /v3/projects."""

    project: NewProject


def show(project: Project, base_url: str) -> dict[str, Any]:
    """A project as it is shown."""
    return project.extra | {
        "id": project.id,
        "name": project.name,
        "domain_id": project.domain_id,
        "description": project.description,
        "enabled": project.enabled,
        "parent_id": project.parent_id,
        "is_domain": project.is_domain,
        "tags": project.tags,
        "options": project.options,
        "links": {"self": f"{base_url}/v3/projects/{project.id}"},
    }


def collection(plural: str, items: list[dict[str, Any]], url: str) -> dict[str, Any]:
    """A list as the identity API shows all of them."""
    return {plural: items, "links": {"next": None, "self": url, "previous": None}}
