"""Projects."""

from typing import Any

import sqlalchemy as sa

from gureum.identity.api import lists
from gureum.identity.project import Project
from gureum.identity.service import hierarchy, projects
from gureum.identity.store.projects import tagged
from gureum.identity.wire import projects as wire
from gureum.identity.wire import shapes
from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call, Routes

routes = Routes(most_bytes=lists.MOST_BYTES)
_FILTERS = ("name", "domain_id", "parent_id")


@routes.get("/v3/projects", "identity:list_projects")
def index(call: Call) -> dict[str, Any]:
    """The projects, or the domains as projects where `is_domain` asks for those."""
    listing = lists.asked(call, _FILTERS, ("enabled",))
    domains = call.one("is_domain")
    found = projects.search(
        call.tx, call.caller, listing, *_tag_filters(call), domains=domains is not None and lists.flag(domains)
    )
    return lists.render(call, "projects", [wire.show(one, call.base_url) for one in found], listing)


def _tag_filters(call: Call) -> list[sa.ColumnElement[bool]]:
    def of(name: str) -> list[sa.ColumnElement[bool]]:
        return [tagged(tag) for values in call.query.get(name, []) for tag in values.split(",")]

    wheres = [*of("tags"), *(sa.not_(one) for one in of("not-tags-any"))]
    if some := of("tags-any"):
        wheres.append(sa.or_(*some))
    if every := of("not-tags"):
        wheres.append(sa.not_(sa.and_(*every)))
    return wheres


@routes.post("/v3/projects", "identity:create_project", body=wire.CREATE, status=201)
def create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Make a project."""
    project = projects.create(call.tx, call.caller, _spelled(body))
    return {"project": wire.show(project, call.base_url)}


@routes.get("/v3/projects/{project_id}", "identity:get_project")
def show(call: Call, project_id: str) -> dict[str, Any]:
    """One project, with what is above and below it where that was asked for."""
    project = projects.get(call.tx, call.caller, project_id)
    return {"project": wire.show(project, call.base_url, relatives=_relatives(call, project))}


def _relatives(call: Call, project: Project) -> dict[str, Any]:
    for side in ("parents", "subtree"):
        if f"{side}_as_list" in call.query and f"{side}_as_ids" in call.query:
            raise Invalid(f"Cannot use {side}_as_list and {side}_as_ids query params at the same time.")
    found: dict[str, Any] = {}
    if lists.switched(call, "parents_as_list"):
        found["parents"] = _listed(call, hierarchy.parents(call.tx, call.caller, project))
    if lists.switched(call, "parents_as_ids"):
        found["parents"] = hierarchy.parent_ids(call.tx, project)
    if lists.switched(call, "subtree_as_list"):
        found["subtree"] = _listed(call, hierarchy.subtree(call.tx, call.caller, project))
    if lists.switched(call, "subtree_as_ids"):
        found["subtree"] = hierarchy.subtree_ids(call.tx, project)
    return found


def _listed(call: Call, found: list[Project]) -> list[dict[str, Any]]:
    return [{"project": wire.show(one, call.base_url)} for one in found]


@routes.patch("/v3/projects/{project_id}", "identity:update_project", body=wire.UPDATE)
def update(call: Call, project_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change a project."""
    project = projects.update(call.tx, call.caller, project_id, _spelled(body))
    return {"project": wire.show(project, call.base_url, changed=True)}


@routes.delete("/v3/projects/{project_id}", "identity:delete_project")
def delete(call: Call, project_id: str) -> None:
    """Forget a project."""
    projects.delete(call.tx, call.caller, project_id)


@routes.get("/v3/users/{user_id}/projects", "identity:list_user_projects")
def of_user(call: Call, user_id: str) -> dict[str, Any]:
    """The projects that a user has roles on."""
    projects.may_list_of(call.tx, call.caller, user_id)
    listing = lists.asked(call, _FILTERS, ("enabled",))
    found = projects.of_user(call.tx, user_id, listing)
    return lists.render(call, "projects", [wire.show(one, call.base_url) for one in found], listing)


def _spelled(body: dict[str, Any]) -> dict[str, Any]:
    asked: dict[str, Any] = body["project"]
    flags = {name: shapes.truth(asked[name]) for name in ("enabled",) if name in asked}
    return asked | flags | ({"is_domain": bool(asked["is_domain"])} if "is_domain" in asked else {})
