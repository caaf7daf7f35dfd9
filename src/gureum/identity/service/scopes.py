"""What a user could have a token for."""

from gureum.identity.project import Project
from gureum.identity.service import projects
from gureum.identity.store import assignments
from gureum.identity.store import projects as store
from gureum.identity.store.listing import EVERYTHING
from gureum.kernel.store.tx import Tx

_ENABLED = EVERYTHING.where("enabled", True)


def projects_of(tx: Tx, user_id: str) -> list[Project]:
    """The enabled projects, in enabled domains, on which a user has a role."""
    found = projects.of_user(tx, user_id, _ENABLED)
    domains = store.search(tx, _ENABLED, store.among({one.domain_id or "" for one in found}), domains=True)
    open_domains = {one.id for one in domains}
    return [one for one in found if one.domain_id in open_domains]


def domains_of(tx: Tx, user_id: str) -> list[Project]:
    """The enabled domains on which a user has a role."""
    ids = {id for kind, id, inherited in assignments.targets_of_user(tx, user_id) if kind == "domain" and not inherited}
    return store.search(tx, _ENABLED, store.among(ids), domains=True)


def has_system(tx: Tx, user_id: str) -> bool:
    """Whether a user has a role on the system."""
    return any(kind == "system" for kind, _, _ in assignments.targets_of_user(tx, user_id))
