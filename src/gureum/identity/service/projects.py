"""Projects, and how they lie below each other."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from gureum.identity.project import Project
from gureum.identity.service import allowed, domains, removal
from gureum.identity.service.settings import settings
from gureum.identity.service.users import DEFAULT_DOMAIN
from gureum.identity.store import assignments, users
from gureum.identity.store import projects as store
from gureum.identity.store.listing import EVERYTHING, Listing
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Forbidden, Invalid, NotFound
from gureum.kernel.ids import new_hex
from gureum.kernel.store.tx import Tx

_KNOWN = ("name", "domain_id", "parent_id", "is_domain", "enabled", "description", "tags", "options")
_MOST_TAGS = 80


def get(tx: Tx, caller: Caller, id: str) -> Project:
    """A project. Raises NotFound, or Forbidden for one that the caller may not see."""
    allowed.demand(caller, "get_project", allowed.about("project", _find(tx, id)))
    return _get(tx, id)


def exists(tx: Tx, id: str) -> bool:
    """Whether there is such a project. For other services, that are told ids and may not keep those of nothing."""
    return store.find(tx, id) is not None


def search(
    tx: Tx, caller: Caller, listing: Listing, *wheres: sa.ColumnElement[bool], domains: bool = False
) -> list[Project]:
    """The projects that a list request means; with a domain's token, those of that domain."""
    allowed.demand(caller, "list_projects", {"target.domain_id": caller.domain_id} if caller.domain_id else None)
    if caller.domain_id is not None:
        listing = listing.where("id" if domains else "domain_id", caller.domain_id)
    return store.search(tx, listing, *wheres, domains=domains)


def of_user(tx: Tx, user_id: str, listing: Listing = EVERYTHING) -> list[Project]:
    """The enabled projects on which a user has a role, by themself, by group, or inherited."""
    targets = assignments.targets_of_user(tx, user_id)
    direct = {id for kind, id, inherited in targets if kind == "project" and not inherited}
    domain_ids = {id for kind, id, inherited in targets if kind == "domain" and inherited}
    tops = [id for kind, id, inherited in targets if kind == "project" and inherited]
    direct |= {project.id for project in store.below(tx, *tops)} if tops else set()
    return store.search(tx, listing, sa.or_(store.among(direct), store.of_domains(domain_ids)))


def may_list_of(tx: Tx, caller: Caller, user_id: str) -> None:
    """Raise Forbidden unless the caller may see on which projects a user has roles, NotFound for a user who is not there."""
    allowed.demand(caller, "list_user_projects", allowed.about("user", users.find(tx, user_id)))
    users.get(tx, user_id)


def create(tx: Tx, caller: Caller, asked: Mapping[str, Any]) -> Project:
    """Make a project, or a domain when the request says that it is one.

    Raises Invalid for a domain or parent that is not there, Conflict for a name that the domain has.
    """
    if asked.get("is_domain"):
        if asked.get("domain_id") or asked.get("parent_id"):
            raise Invalid("only root projects are allowed to act as domains.")
        return domains.create(tx, caller, asked, rule="create_project")
    project = _new(tx, caller, asked)
    allowed.demand(caller, "create_project", allowed.about("project", project))
    if store.find(tx, project.domain_id or "", domain=True) is None:
        raise Invalid(f"Could not find domain: {project.domain_id}.")
    _check_place(tx, project)
    _must_be_free(tx, project)
    store.add(tx, project)
    return project


def _new(tx: Tx, caller: Caller, asked: Mapping[str, Any]) -> Project:
    parent = store.find(tx, asked.get("parent_id") or "")
    domain_id = asked.get("domain_id") or (parent.domain_id if parent else None) or caller.domain_id or DEFAULT_DOMAIN
    return Project(
        id=new_hex(),
        name=asked["name"],
        domain_id=domain_id,
        parent_id=asked.get("parent_id") or domain_id,
        is_domain=False,
        enabled=asked.get("enabled", True),
        description=asked.get("description") or "",
        tags=list(asked.get("tags", [])),
        options=allowed.merged_options({}, asked.get("options")),
        extra=allowed.extra_of(asked, *_KNOWN),
    )


def _check_place(tx: Tx, project: Project) -> None:
    """Raise unless the parent is there, in the domain, enabled, and not too deep."""
    if project.parent_id == project.domain_id:
        return
    parent = store.find(tx, project.parent_id or "")
    if parent is None:
        raise Invalid(f"Could not find project: {project.parent_id}.")
    if parent.domain_id != project.domain_id:
        raise Invalid(f"The parent project {parent.id} is in another domain than {project.domain_id}.")
    line = [parent, *store.ancestors(tx, parent)]
    for one in line:
        if not one.enabled:
            raise Forbidden(f"cannot create a project in a branch containing a disabled project: {one.id}.")
    if len(line) >= settings.max_project_depth:
        raise Forbidden(f"Max hierarchy depth reached for {parent.id} branch.")


def update(tx: Tx, caller: Caller, id: str, asked: Mapping[str, Any]) -> Project:
    """Change a project. Its place, its domain and what it is stay as they are."""
    project = _changeable(tx, caller, "update_project", id)
    allowed.must_be_mutable("project", "update", project, asked)
    allowed.must_keep(asked, id=id, domain_id=project.domain_id)
    if asked.get("parent_id", project.parent_id) != project.parent_id:
        raise Forbidden("Update of `parent_id` is not allowed.")
    if asked.get("is_domain", project.is_domain) != project.is_domain:
        raise Invalid("Update of `is_domain` is not allowed.")
    changed = replace(
        project,
        name=asked.get("name", project.name),
        enabled=asked.get("enabled", project.enabled),
        description=asked.get("description", project.description) or "",
        tags=list(asked.get("tags", project.tags)),
        options=allowed.merged_options(project.options, asked.get("options")),
        extra=project.extra | allowed.extra_of(asked, *_KNOWN),
    )
    if changed.name != project.name:
        _must_be_free(tx, changed)
    _check_switch(tx, project, changed.enabled)
    store.save(tx, changed)
    return changed


def _check_switch(tx: Tx, project: Project, enabled: bool) -> None:
    if project.enabled and not enabled and any(one.enabled for one in store.below(tx, project.id)):
        raise Forbidden(f"Cannot disable project {project.id} since its subtree contains enabled projects.")
    if enabled and not project.enabled and not all(one.enabled for one in store.ancestors(tx, project)):
        raise Forbidden(f"Cannot enable project {project.id} since it has disabled parents")


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Forget a project and the roles on it. What other services keep for it stays with them, as upstream has it."""
    project = _changeable(tx, caller, "delete_project", id)
    allowed.must_be_mutable("project", "delete", project)
    if store.has_children(tx, id):
        raise Forbidden(
            f"Cannot delete the project {id} since it is not a leaf in the hierarchy. "
            "Use the cascade option if you want to delete a whole subtree."
        )
    removal.forget_project(tx, id)


def tags(tx: Tx, caller: Caller, id: str, rule: str) -> list[str]:
    """The tags of a project."""
    return _changeable(tx, caller, rule, id).tags


def set_tags(tx: Tx, caller: Caller, id: str, wanted: list[str], rule: str) -> list[str]:
    """Give a project these tags and no others."""
    project = _changeable(tx, caller, rule, id)
    store.change(tx, project.id, tags=wanted)
    return wanted


def add_tag(tx: Tx, caller: Caller, id: str, tag: str) -> None:
    """Give a project one more tag; nothing when it has it."""
    present = tags(tx, caller, id, "create_project_tag")
    if len(present) >= _MOST_TAGS and tag not in present:
        raise Invalid(f"{[*present, tag]} is too long")
    if tag not in present:
        store.change(tx, id, tags=[*present, tag])


def remove_tag(tx: Tx, caller: Caller, id: str, tag: str) -> None:
    """Take a tag from a project. Raises NotFound when it has not got it."""
    present = tags(tx, caller, id, "delete_project_tag")
    if tag not in present:
        raise NotFound(f"Could not find project tag: {tag}.")
    store.change(tx, id, tags=[one for one in present if one != tag])


def _find(tx: Tx, id: str) -> Project | None:
    return store.find(tx, id) or store.find(tx, id, domain=True)


def _get(tx: Tx, id: str) -> Project:
    return store.find(tx, id, domain=True) or store.get(tx, id)


def _changeable(tx: Tx, caller: Caller, rule: str, id: str) -> Project:
    allowed.demand(caller, rule, allowed.about("project", store.find(tx, id)))
    return store.get(tx, id)


def _must_be_free(tx: Tx, project: Project) -> None:
    if store.find_by_name(tx, project.name, project.domain_id) is not None:
        raise Conflict(
            "it is not permitted to have two projects with either the same name or same id in the same domain: "
            f"name is {project.name}, project id {project.id}.",
            store="project",
        )
