"""Who has which role where: as it was given, or as it works out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa

from gureum.identity.project import Project
from gureum.identity.role import Assignment, Found, TargetKind
from gureum.identity.service import allowed
from gureum.identity.store import assignments as store
from gureum.identity.store import groups, projects, roles
from gureum.identity.store.listing import EVERYTHING
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid
from gureum.kernel.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Asked:
    """Which assignments a list request wants: conditions that are None do not count.

    `effective`: groups taken apart into users, inheritance down to projects, and implied roles, instead of what was given;
    a domain's own role counts for what it implies only.
    `subtree`: also on what is below the project.
    """

    user: str | None = None
    group: str | None = None
    role: str | None = None
    project: str | None = None
    domain: str | None = None
    system: bool = False
    inherited: bool = False
    effective: bool = False
    subtree: bool = False

    def check(self) -> None:
        """Raise Invalid for conditions that contradict each other."""
        if self.project is not None and self.domain is not None:
            raise Invalid("Specify a domain or project, not both")
        if self.user is not None and self.group is not None:
            raise Invalid("Specify a user or group, not both")
        if self.effective and self.group is not None:
            raise Invalid("Combining effective and group filter will always result in an empty list.")
        if self.effective and self.inherited and self.domain is not None:
            raise Invalid("Combining effective, domain and inherited filters will always result in an empty list.")
        if self.subtree and self.project is None:
            raise Invalid("'scope.project.id' is a dependency of 'include_subtree'")


def search(tx: Tx, caller: Caller, asked: Asked) -> list[Found]:
    """The assignments that a list request means; with a domain's token, those in that domain."""
    rule = "list_role_assignments_for_tree" if asked.subtree else "list_role_assignments"
    allowed.demand(caller, rule, {"target.domain_id": caller.domain_id} if caller.domain_id else None)
    asked.check()
    targets = _wanted_targets(tx, asked)
    if asked.effective:
        found = [one for one in _effective(tx, asked, targets) if _meets(one.assignment, asked, targets)]
    else:
        found = [Found(one, one) for one in store.search(tx, *_conditions(asked, targets))]
    return found if caller.domain_id is None else _of_domain(tx, caller.domain_id, found)


def _wanted_targets(tx: Tx, asked: Asked) -> set[tuple[TargetKind, str]] | None:
    """What the assignments may be on; None for anything."""
    if asked.project is not None:
        below = projects.below(tx, asked.project) if asked.subtree else []
        return {("project", asked.project), *(("project", one.id) for one in below)}
    if asked.domain is not None:
        return {("domain", asked.domain)}
    return {("system", store.SYSTEM_ID)} if asked.system else None


def _conditions(asked: Asked, targets: set[tuple[TargetKind, str]] | None) -> list[sa.ColumnElement[bool]]:
    table = store.assignments
    wheres: list[sa.ColumnElement[bool]] = []
    for kind, id in (("user", asked.user), ("group", asked.group)):
        if id is not None:
            wheres += [table.c.actor_kind == kind, table.c.actor_id == id]
    if asked.role is not None:
        wheres.append(table.c.role_id == asked.role)
    if targets is not None:
        wheres.append(sa.tuple_(table.c.target_kind, table.c.target_id).in_(sorted(targets)))
    if asked.inherited:
        wheres.append(table.c.inherited)
    return wheres


def _meets(one: Assignment, asked: Asked, targets: set[tuple[TargetKind, str]] | None) -> bool:
    if asked.user is not None and one.actor_id != asked.user:
        return False
    if asked.role is not None and one.role_id != asked.role:
        return False
    return targets is None or (one.target_kind, one.target_id) in targets


def _of_domain(tx: Tx, domain_id: str, found: list[Found]) -> list[Found]:
    inside = {one.id for one in projects.search(tx, EVERYTHING.where("domain_id", domain_id))} | {domain_id}
    return [one for one in found if one.assignment.target_id in inside]


def _effective(tx: Tx, asked: Asked, targets: set[tuple[TargetKind, str]] | None) -> Iterable[Found]:
    wheres: list[sa.ColumnElement[bool]] = []
    if asked.user is not None:
        wheres.append(store.of_user(asked.user))
    if asked.inherited:
        wheres.append(store.assignments.c.inherited)
    given = [Found(one, one) for one in store.search(tx, *wheres)]
    implied, of_domains = roles.implications(tx), roles.of_domains(tx)
    members = groups.members_of_all(tx) if any(one.assignment.actor_kind == "group" for one in given) else {}
    seen: set[Found] = set()
    for placed in _placed(tx, given, asked, targets):
        for personal in _personal(placed, members):
            for one in _implied(personal, implied):
                if one not in seen and one.assignment.role_id not in of_domains:
                    seen.add(one)
                    yield one


def _placed(tx: Tx, given: list[Found], asked: Asked, targets: set[tuple[TargetKind, str]] | None) -> Iterable[Found]:
    """Inherited assignments as assignments on the projects that inherit them; the others as they are."""
    below: Mapping[tuple[TargetKind, str], list[Project]] = {}
    if any(one.assignment.inherited for one in given):
        below = _inheritors(tx, {(one.assignment.target_kind, one.assignment.target_id) for one in given})
    for one in given:
        if not one.assignment.inherited:
            yield one
            continue
        for project in below.get((one.assignment.target_kind, one.assignment.target_id), []):
            if targets is None or ("project", project.id) in targets:
                placed = replace(one.assignment, target_kind="project", target_id=project.id, inherited=False)
                yield replace(one, assignment=placed)


def _inheritors(tx: Tx, places: set[tuple[TargetKind, str]]) -> dict[tuple[TargetKind, str], list[Project]]:
    found: dict[tuple[TargetKind, str], list[Project]] = {}
    for kind, id in places:
        if kind == "domain":
            found[kind, id] = projects.search(tx, EVERYTHING.where("domain_id", id))
        elif kind == "project":
            found[kind, id] = projects.below(tx, id)
    return found


def _personal(one: Found, members: Mapping[str, list[str]]) -> Iterable[Found]:
    """A group's assignment as one of each of its users."""
    if one.assignment.actor_kind == "user":
        yield one
        return
    group_id = one.assignment.actor_id
    for user_id in members.get(group_id, ()):
        yield replace(one, assignment=replace(one.assignment, actor_kind="user", actor_id=user_id), group_id=group_id)


def _implied(one: Found, implied: Mapping[str, list[str]]) -> Iterable[Found]:
    """The assignment itself, and one for each role that its role implies at any depth."""
    yield one
    seen, left = {one.assignment.role_id}, [one.assignment.role_id]
    while left:
        prior = left.pop()
        for role_id in implied.get(prior, ()):
            if role_id not in seen:
                seen.add(role_id)
                left.append(role_id)
                yield replace(one, assignment=replace(one.assignment, role_id=role_id), prior_role_id=prior)
