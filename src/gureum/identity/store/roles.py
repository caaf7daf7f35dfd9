"""Roles, and what they imply."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.identity.role import FORMER_MEMBER, Role
from gureum.identity.store.epoch import watched
from gureum.identity.store.listing import Listing, listed
from gureum.kernel.faults import NotFound
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

NO_DOMAIN = "<<null>>"
"""Stands as the domain of roles that have none, so that their names are unique among themselves."""

roles = sa.Table(
    "roles",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("domain_id", sa.String(64), nullable=False, server_default=NO_DOMAIN),
    sa.Column("description", sa.Text),
    sa.Column("options", sa.JSON, nullable=False),
    sa.Column("extra", sa.JSON, nullable=False),
    sa.UniqueConstraint("domain_id", "name"),
    info=watched("role"),
)

implied_roles = sa.Table(
    "implied_roles",
    metadata,
    sa.Column("prior_id", sa.String(64), primary_key=True),
    sa.Column("implied_id", sa.String(64), primary_key=True),
    info=watched("implied_role"),
)


def from_row(row: Row[Any]) -> Role:
    """The domain object of a row."""
    values = dict(row._mapping)
    if row.domain_id == NO_DOMAIN:
        values["domain_id"] = None
    return Role(**values)


def find(tx: Tx, id: str) -> Role | None:
    """A role by id, or None."""
    row = tx.one(sa.select(roles).where(roles.c.id == id))
    return None if row is None else from_row(row)


def get(tx: Tx, id: str) -> Role:
    """A role by id. Raises NotFound."""
    found = find(tx, id)
    if found is None:
        raise NotFound(f"Could not find role: {id}.")
    return found


def find_by_name(tx: Tx, name: str, domain_id: str | None = None) -> Role | None:
    """A role by name; `member` also by its former name, where no role has that one."""
    row = tx.one(sa.select(roles).where(roles.c.name == name, roles.c.domain_id == (domain_id or NO_DOMAIN)))
    if row is not None:
        return from_row(row)
    return find_by_name(tx, "member") if name == FORMER_MEMBER and domain_id is None else None


def search(tx: Tx, listing: Listing, domain_id: str | None) -> list[Role]:
    """The roles of a domain (None: those of no domain) that a list request means."""
    statement = listed(roles, listing).where(roles.c.domain_id == (domain_id or NO_DOMAIN))
    return [from_row(row) for row in tx.all(statement)]


def named(tx: Tx, ids: set[str]) -> list[Role]:
    """The roles with these ids, by name."""
    return [from_row(row) for row in tx.all(sa.select(roles).where(roles.c.id.in_(ids)).order_by(roles.c.name))]


def add(tx: Tx, role: Role) -> None:
    """Keep a new role."""
    tx.insert(
        roles,
        id=role.id,
        name=role.name,
        domain_id=role.domain_id or NO_DOMAIN,
        description=role.description,
        options=role.options,
        extra=role.extra,
    )


def change(tx: Tx, id: str, **values: Any) -> None:
    """Change columns of a role."""
    tx.update(roles, {"id": id}, **values)


def remove(tx: Tx, id: str) -> None:
    """Forget a role and what it implies or is implied by."""
    tx.delete(implied_roles, prior_id=id)
    tx.delete(implied_roles, implied_id=id)
    tx.delete(roles, id=id)


def imply(tx: Tx, prior_id: str, implied_id: str) -> None:
    """Have a role imply another; nothing when it does."""
    if implied_id not in implications(tx).get(prior_id, ()):
        tx.insert(implied_roles, prior_id=prior_id, implied_id=implied_id)


def imply_no_more(tx: Tx, prior_id: str, implied_id: str) -> bool:
    """Take an implication away; False when there is none."""
    return tx.delete(implied_roles, prior_id=prior_id, implied_id=implied_id) > 0


def implications(tx: Tx) -> dict[str, list[str]]:
    """What each role implies directly, as ids."""
    found: dict[str, list[str]] = {}
    for row in tx.all(sa.select(implied_roles).order_by(implied_roles.c.prior_id, implied_roles.c.implied_id)):
        found.setdefault(row.prior_id, []).append(row.implied_id)
    return found


def of_domains(tx: Tx) -> set[str]:
    """The ids of the roles that belong to a domain."""
    return {row.id for row in tx.all(sa.select(roles.c.id).where(roles.c.domain_id != NO_DOMAIN))}


def with_implied(tx: Tx, ids: set[str]) -> set[str]:
    """The roles and all that they imply, at any depth."""
    return ids if not ids else closure(implications(tx), ids)


def closure(implied: dict[str, list[str]], ids: set[str]) -> set[str]:
    """The ids and all that is implied by them, at any depth."""
    found, left = set(ids), list(ids)
    while left:
        for one in implied.get(left.pop(), ()):
            if one not in found:
                found.add(one)
                left.append(one)
    return found
