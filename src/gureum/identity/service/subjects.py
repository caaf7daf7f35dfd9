"""Users as callers, without a token of theirs: for an operator who asks what they may do."""

import sqlalchemy as sa

from gureum.identity.service import tokens
from gureum.identity.store import assignments, projects, users
from gureum.identity.token import Scope
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid, NotFound, Unauthenticated
from gureum.kernel.store.tx import Tx


def caller_of(
    tx: Tx, user: str, *, project: str | None = None, domain: str | None = None, system: bool = False
) -> Caller:
    """The caller that a user (id or name) would be with a token for the scope (id or name); without one, for the only project
    that the user has a role in.

    Raises NotFound for what is not there or has no role there, Invalid where the scope must be said.
    """
    user_id = _only(tx, users.users, user, "user")
    if system:
        scope = Scope("system", None)
    elif domain is not None:
        scope = Scope("domain", _only(tx, projects.projects, domain, "domain", projects.projects.c.is_domain))
    elif project is not None:
        scope = Scope("project", _only(tx, projects.projects, project, "project", ~projects.projects.c.is_domain))
    else:
        scope = Scope("project", _only_project(tx, user_id, user))
    try:
        return tokens.caller_for(tx, user_id, scope)
    except Unauthenticated:
        raise NotFound(f"User {user} has no role there, or is disabled.") from None


def _only(tx: Tx, table: sa.Table, name_or_id: str, kind: str, *wheres: sa.ColumnElement[bool]) -> str:
    either = sa.or_(table.c.id == name_or_id, table.c.name == name_or_id)
    rows = tx.all(sa.select(table.c.id).where(either, *wheres).limit(2))
    if not rows:
        raise NotFound(f"There is no {kind} {name_or_id}.")
    if len(rows) > 1:
        raise Invalid(f"Several are named {name_or_id}; use the {kind}'s id.")
    return rows[0].id


def _only_project(tx: Tx, user_id: str, user: str) -> str:
    targets = assignments.targets_of_user(tx, user_id)
    found = [id for kind, id, inherited in targets if kind == "project" and not inherited]
    if len(found) != 1:
        raise Invalid(f"User {user} has roles in {len(found)} projects; say which, or a domain, or the system.")
    return found[0]
