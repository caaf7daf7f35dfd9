"""The first start: domain, projects, roles, administrator, region, catalog. Run again, it adds what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.fernet import Fernet

from gureum.identity.catalog import Endpoint, Region, Service
from gureum.identity.project import Project
from gureum.identity.role import Assignment, Role
from gureum.identity.service import passwords
from gureum.identity.store import assignments, catalog, projects, roles, tokens, users
from gureum.identity.user import User
from gureum.kernel import clock
from gureum.kernel.ids import new_hex
from gureum.kernel.store.tx import Tx

DEFAULT_DOMAIN = "default"
ROLES = ("admin", "manager", "member", "reader", "service")
_IMPLIED = (("admin", "manager"), ("manager", "member"), ("member", "reader"))
_INTERFACES = ("admin", "internal", "public")


@dataclass(frozen=True)
class Offer:
    """A service of the catalog: `path` is put behind the address that the client used."""

    type: str
    name: str
    path: str
    description: str = ""


def bootstrap(tx: Tx, offers: Sequence[Offer], region: str, password_hash: str) -> None:
    """Make what every cloud begins with. `password_hash` is the administrator's, used only when there is none yet."""
    if not tokens.keys(tx):
        tokens.add_key(tx, Fernet.generate_key().decode(), clock.now())
    if projects.find(tx, DEFAULT_DOMAIN, domain=True) is None:
        projects.add(tx, _project(DEFAULT_DOMAIN, "Default", None, "The default domain"))
    project_ids = {name: _ensure_project(tx, name) for name in ("admin", "service")}
    role_ids = {name: _ensure_role(tx, name) for name in ROLES}
    _imply(tx, role_ids)
    if users.find_by_name(tx, "admin", DEFAULT_DOMAIN) is None:
        _first_user(tx, password_hash, project_ids["admin"], role_ids)
    _ensure_catalog(tx, offers, region)


def is_new(tx: Tx) -> bool:
    """Whether there is no administrator yet."""
    return users.find_by_name(tx, "admin", DEFAULT_DOMAIN) is None


hash_password = passwords.hash_password


def _project(id: str, name: str, domain: str | None, description: str) -> Project:
    return Project(id, name, domain, domain, domain is None, True, description)


def _ensure_project(tx: Tx, name: str) -> str:
    found = projects.find_by_name(tx, name, DEFAULT_DOMAIN)
    if found is not None:
        return found.id
    id = new_hex()
    projects.add(tx, _project(id, name, DEFAULT_DOMAIN, f"The {name} project"))
    return id


def _ensure_role(tx: Tx, name: str) -> str:
    found = roles.find_by_name(tx, name)
    if found is not None:
        return found.id
    role = Role(new_hex(), name, None, None, {"immutable": True})
    roles.add(tx, role)
    return role.id


def _imply(tx: Tx, ids: dict[str, str]) -> None:
    for prior, implied in _IMPLIED:
        roles.imply(tx, ids[prior], ids[implied])


def _first_user(tx: Tx, password_hash: str, project_id: str, role_ids: dict[str, str]) -> None:
    now = clock.now()
    id = new_hex()
    users.add(
        tx,
        User(
            id=id,
            name="admin",
            domain_id=DEFAULT_DOMAIN,
            enabled=True,
            default_project_id=None,
            password_hash=password_hash,
            password_expires_at=None,
            tokens_since=now,
            created_at=now,
        ),
    )
    assignments.add(tx, Assignment("user", id, "project", project_id, role_ids["admin"]))
    assignments.add(tx, Assignment("user", id, "system", assignments.SYSTEM_ID, role_ids["admin"]))


def _ensure_catalog(tx: Tx, offers: Sequence[Offer], region: str) -> None:
    if catalog.find_region(tx, region) is None:
        catalog.add_region(tx, Region(region, "", None))
    present = {service.type for service in catalog.search_services(tx)}
    for offer in offers:
        if offer.type in present:
            continue
        extra = {"description": offer.description} if offer.description else {}
        service = Service(new_hex(), offer.type, offer.name, True, extra)
        catalog.add_service(tx, service)
        for interface in _INTERFACES:
            catalog.add_endpoint(tx, Endpoint(new_hex(), service.id, interface, offer.path, region, True))
