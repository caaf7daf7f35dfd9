"""Domains: projects that hold users, groups and other projects."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gureum.identity.project import Project
from gureum.identity.service import allowed, removal
from gureum.identity.service.users import DEFAULT_DOMAIN
from gureum.identity.store import projects as store
from gureum.identity.store.listing import Listing
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Forbidden
from gureum.kernel.ids import new_hex
from gureum.kernel.store.tx import Tx

_KNOWN = (
    "name",
    "enabled",
    "description",
    "tags",
    "options",
    "explicit_domain_id",
    "is_domain",
    "domain_id",
    "parent_id",
)


def get(tx: Tx, caller: Caller, id: str) -> Project:
    """A domain. Raises NotFound, or Forbidden for one that the caller may not see."""
    allowed.demand(caller, "get_domain", allowed.about_domain(store.find(tx, id, domain=True)))
    return store.get(tx, id, domain=True)


def search(tx: Tx, caller: Caller, listing: Listing) -> list[Project]:
    """The domains that a list request means; with a domain's token, only that one."""
    allowed.demand(caller, "list_domains", {"target.domain.id": caller.domain_id} if caller.domain_id else None)
    if caller.domain_id is not None:
        listing = listing.where("id", caller.domain_id)
    return store.search(tx, listing, domains=True)


def create(tx: Tx, caller: Caller, asked: Mapping[str, Any], rule: str = "create_domain") -> Project:
    """Make a domain. Raises Conflict for a name or id that exists."""
    allowed.demand(caller, rule)
    domain = Project(
        id=asked.get("explicit_domain_id") or new_hex(),
        name=asked["name"],
        domain_id=None,
        parent_id=None,
        is_domain=True,
        enabled=asked.get("enabled", True),
        description=asked.get("description") or "",
        tags=list(asked.get("tags", [])),
        options=allowed.merged_options({}, asked.get("options")),
        extra=allowed.extra_of(asked, *_KNOWN),
    )
    _must_be_free(tx, domain)
    if store.find(tx, domain.id) or store.find(tx, domain.id, domain=True):
        raise Conflict(f"Duplicate ID, {domain.id}.", store="project")
    store.add(tx, domain)
    return domain


def update(tx: Tx, caller: Caller, id: str, asked: Mapping[str, Any]) -> Project:
    """Change a domain; while it is disabled, nobody in it can log in."""
    domain = _changeable(tx, caller, "update_domain", id)
    allowed.must_be_mutable("domain", "update", domain, asked)
    allowed.must_keep(asked, id=id)
    changed = replace(
        domain,
        name=asked.get("name", domain.name),
        enabled=asked.get("enabled", domain.enabled),
        description=asked.get("description", domain.description) or "",
        tags=list(asked.get("tags", domain.tags)),
        options=allowed.merged_options(domain.options, asked.get("options")),
        extra=domain.extra | allowed.extra_of(asked, *_KNOWN),
    )
    if changed.name != domain.name:
        _must_be_free(tx, changed)
    store.save(tx, changed)
    return changed


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Forget a disabled domain and everything in it."""
    domain = _changeable(tx, caller, "delete_domain", id)
    allowed.must_be_mutable("domain", "delete", domain)
    if domain.enabled:
        raise Forbidden("Cannot delete a domain that is enabled, please disable it first.")
    if id == DEFAULT_DOMAIN:
        raise Forbidden("The default domain cannot be deleted.")
    removal.forget_domain(tx, id)


def _changeable(tx: Tx, caller: Caller, rule: str, id: str) -> Project:
    allowed.demand(caller, rule, allowed.about_domain(store.find(tx, id, domain=True)))
    return store.get(tx, id, domain=True)


def _must_be_free(tx: Tx, domain: Project) -> None:
    if store.find_by_name(tx, domain.name, None) is not None:
        raise Conflict(
            f"it is not permitted to have two projects acting as domains with the same name: {domain.name}.",
            store="project",
        )
