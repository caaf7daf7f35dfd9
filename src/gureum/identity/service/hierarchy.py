"""What lies above and below a project, as the project's owner may ask to see it."""

from typing import Any

from gureum.identity.project import Project
from gureum.identity.service import projects
from gureum.identity.store import projects as store
from gureum.kernel.caller import Caller
from gureum.kernel.store.tx import Tx

Tree = dict[str, Any] | None


def parents(tx: Tx, caller: Caller, project: Project) -> list[Project]:
    """The projects above one, nearest first, of those that the caller has a role on."""
    mine = {one.id for one in projects.of_user(tx, caller.user_id)}
    return [one for one in store.ancestors(tx, project) if one.id in mine]


def parent_ids(tx: Tx, project: Project) -> Tree:
    """The ids above a project, each holding the next, the domain last."""
    if project.parent_id is None:
        return None
    line = [one.id for one in store.ancestors(tx, project)]
    line += [] if project.domain_id is None else [project.domain_id]
    tree: Tree = None
    for id in reversed(line):
        tree = {id: tree}
    return tree


def subtree(tx: Tx, caller: Caller, project: Project) -> list[Project]:
    """The projects below one, of those that the caller has a role on."""
    mine = {one.id for one in projects.of_user(tx, caller.user_id)}
    return [one for one in store.below(tx, project.id) if one.id in mine]


def subtree_ids(tx: Tx, project: Project) -> Tree:
    """The ids below a project, each holding those below it."""
    children: dict[str | None, list[str]] = {}
    for one in store.below(tx, project.id):
        children.setdefault(one.parent_id, []).append(one.id)

    def tree(id: str) -> Tree:
        return {child: tree(child) for child in children[id]} if id in children else None

    return tree(project.id)
