"""What goes with a thing when it is deleted."""

from gureum.identity.store import (
    application_credentials,
    assignments,
    credentials,
    groups,
    passwords,
    projects,
    roles,
    trusts,
    users,
)
from gureum.identity.store.listing import EVERYTHING
from gureum.kernel.store.tx import Tx


def forget_domain(tx: Tx, domain_id: str) -> None:
    """Take away a domain with its projects, groups, users, roles, and every role on any of them."""
    inside = EVERYTHING.where("domain_id", domain_id)
    for project in projects.search(tx, inside):
        forget_project(tx, project.id)
    for group in groups.search(tx, inside):
        forget_group(tx, group.id)
    for user in users.search(tx, inside):
        forget_user(tx, user.id)
    for role in roles.search(tx, EVERYTHING, domain_id):
        forget_role(tx, role.id)
    assignments.remove_target(tx, "domain", domain_id)
    projects.remove(tx, domain_id)


def forget_project(tx: Tx, id: str) -> None:
    """Take away a project, the roles on it and the credentials for it."""
    assignments.remove_target(tx, "project", id)
    application_credentials.remove_of(tx, project_id=id)
    credentials.remove_of(tx, project_id=id)
    trusts.remove_of(tx, "project_id", id)
    users.forget_default_project(tx, id)
    projects.remove(tx, id)


def forget_user(tx: Tx, id: str) -> None:
    """Take away a user, their roles, memberships and credentials."""
    assignments.remove_actor(tx, "user", id)
    groups.leave_all(tx, id)
    application_credentials.remove_of(tx, user_id=id)
    credentials.remove_of(tx, user_id=id)
    for party in ("trustor_user_id", "trustee_user_id"):
        trusts.remove_of(tx, party, id)
    passwords.forget(tx, id)
    users.remove(tx, id)


def forget_group(tx: Tx, id: str) -> None:
    """Take away a group, its roles and memberships."""
    assignments.remove_actor(tx, "group", id)
    groups.remove(tx, id)


def forget_role(tx: Tx, id: str) -> None:
    """Take away a role, from everybody who has it."""
    assignments.remove_role(tx, id)
    roles.remove(tx, id)
