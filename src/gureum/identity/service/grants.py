"""Giving roles to users and groups on projects, domains and the system."""

from gureum.identity.project import Project
from gureum.identity.role import ActorKind, Assignment, Role, TargetKind
from gureum.identity.service import allowed
from gureum.identity.store import assignments as store
from gureum.identity.store import groups, projects, roles, users
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Forbidden, NotFound
from gureum.kernel.store.tx import Tx

SYSTEM_ID = store.SYSTEM_ID


def grant(tx: Tx, caller: Caller, assignment: Assignment) -> None:
    """Give a role; nothing when it is given. Raises NotFound for whatever is not there."""
    _demand(tx, caller, "create", assignment)
    _must_exist(tx, assignment)
    role, target = roles.get(tx, assignment.role_id), _target(tx, assignment)
    if role.domain_id is not None and (target is None or (target.domain_id or target.id) != role.domain_id):
        raise Forbidden(
            f"Project {assignment.target_id} must be in the same domain as the role {role.id} being assigned."
        )
    store.add(tx, assignment)


def revoke(tx: Tx, caller: Caller, assignment: Assignment) -> None:
    """Take a role. Raises NotFound when it was not given."""
    _demand(tx, caller, "revoke", assignment)
    roles.get(tx, assignment.role_id)
    _must_have_target(tx, assignment)
    if not store.remove(tx, assignment):
        raise _no_assignment(assignment)


def check(tx: Tx, caller: Caller, assignment: Assignment) -> None:
    """Raise NotFound when a role is not given."""
    _demand(tx, caller, "check", assignment)
    _must_exist(tx, assignment)
    if not store.exists(tx, assignment):
        raise _no_assignment(assignment)


def given(
    tx: Tx, caller: Caller, actor: tuple[ActorKind, str], target: tuple[TargetKind, str], inherited: bool
) -> list[Role]:
    """The roles that a user or group was given on something, as they were given."""
    assignment = Assignment(*actor, *target, role_id="", inherited=inherited)
    _demand(tx, caller, "list", assignment)
    _must_have_actor(tx, assignment)
    _must_have_target(tx, assignment)
    found = store.search(
        tx,
        actor_kind=actor[0],
        actor_id=actor[1],
        target_kind=target[0],
        target_id=target[1],
        inherited=inherited,
    )
    return roles.named(tx, {one.role_id for one in found})


def _demand(tx: Tx, caller: Caller, verb: str, assignment: Assignment) -> None:
    if assignment.target_kind == "system":
        rule = f"{verb}_system_grant{'s' if verb == 'list' else ''}_for_{assignment.actor_kind}"
        allowed.demand(caller, rule)
        return
    role = roles.find(tx, assignment.role_id)
    target = allowed.about("role", role) | ({"target.role.name": role.name} if role else {})
    actor = groups.find(tx, assignment.actor_id) if assignment.actor_kind == "group" else None
    actor = actor or (users.find(tx, assignment.actor_id) if assignment.actor_kind == "user" else None)
    target |= allowed.about(assignment.actor_kind, actor)
    place = _target(tx, assignment)
    target |= allowed.about_domain(place) if assignment.target_kind == "domain" else allowed.about("project", place)
    allowed.demand(caller, "list_grants" if verb == "list" else f"{verb}_grant", target)


def _target(tx: Tx, assignment: Assignment) -> Project | None:
    if assignment.target_kind == "system":
        return None
    return projects.find(tx, assignment.target_id, domain=assignment.target_kind == "domain")


def _must_exist(tx: Tx, assignment: Assignment) -> None:
    roles.get(tx, assignment.role_id)
    _must_have_actor(tx, assignment)
    _must_have_target(tx, assignment)


def _must_have_actor(tx: Tx, assignment: Assignment) -> None:
    if assignment.actor_kind == "user":
        users.get(tx, assignment.actor_id)
    else:
        groups.get(tx, assignment.actor_id)


def _must_have_target(tx: Tx, assignment: Assignment) -> None:
    if assignment.target_kind != "system":
        projects.get(tx, assignment.target_id, domain=assignment.target_kind == "domain")


def _no_assignment(assignment: Assignment) -> NotFound:
    return NotFound(
        f"Could not find role assignment with role: {assignment.role_id}, user or group: {assignment.actor_id}, "
        f"project, domain, or system: {assignment.target_id}."
    )
