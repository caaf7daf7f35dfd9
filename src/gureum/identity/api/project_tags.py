"""Tags of projects."""

from typing import Any

from gureum.identity.api import lists
from gureum.identity.service import projects
from gureum.identity.wire import projects as wire
from gureum.kernel.faults import NotFound
from gureum.kernel.http import Answer, Call, Routes, no_content
from gureum.kernel.http.answer import created

routes = Routes(most_bytes=lists.MOST_BYTES)
_ALL = "/v3/projects/{project_id}/tags"
_ONE = "/v3/projects/{project_id}/tags/{tag}"


def _shown(call: Call, tags: list[str]) -> dict[str, Any]:
    return {"tags": tags, "links": {"next": None, "self": lists.own_link(call), "previous": None}}


@routes.get(_ALL, "identity:list_project_tags")
def index(call: Call, project_id: str) -> dict[str, Any]:
    """The tags of a project."""
    return _shown(call, projects.tags(call.tx, call.caller, project_id, "list_project_tags"))


@routes.put(_ALL, "identity:update_project_tags", body=wire.TAGS)
def replace(call: Call, project_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Give a project these tags and no others."""
    return _shown(call, projects.set_tags(call.tx, call.caller, project_id, body["tags"], "update_project_tags"))


@routes.delete(_ALL, "identity:delete_project_tags")
def clear(call: Call, project_id: str) -> None:
    """Take every tag from a project."""
    projects.set_tags(call.tx, call.caller, project_id, [], "delete_project_tags")


@routes.get(_ONE, "identity:get_project_tag")
def check(call: Call, project_id: str, tag: str) -> Answer:
    """Whether a project has a tag."""
    if tag not in projects.tags(call.tx, call.caller, project_id, "get_project_tag"):
        raise NotFound(f"Could not find project tag: {tag}.")
    return no_content()


@routes.put(_ONE, "identity:create_project_tag")
def add(call: Call, project_id: str, tag: str) -> Answer:
    """Give a project one more tag."""
    wire.TAG.check({"tag": tag})
    projects.add_tag(call.tx, call.caller, project_id, tag)
    return created(None, ("Location", lists.own_link(call)))


@routes.delete(_ONE, "identity:delete_project_tag")
def remove(call: Call, project_id: str, tag: str) -> None:
    """Take a tag from a project."""
    projects.remove_tag(call.tx, call.caller, project_id, tag)
