"""Groups, and who is in them."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.identity.group import Group
from gureum.identity.store.epoch import watched
from gureum.identity.store.listing import Listing, listed
from gureum.identity.store.users import from_row as user_from_row
from gureum.identity.store.users import users
from gureum.identity.user import User
from gureum.kernel.faults import NotFound
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

groups = sa.Table(
    "groups",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("domain_id", sa.String(64), nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("extra", sa.JSON, nullable=False),
    sa.UniqueConstraint("domain_id", "name"),
    info=watched("group"),
)

memberships = sa.Table(
    "group_memberships",
    metadata,
    sa.Column("group_id", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(64), primary_key=True, index=True),
    info=watched("group_membership"),
)


def from_row(row: Row[Any]) -> Group:
    """The domain object of a row."""
    return Group(**row._mapping)


def find(tx: Tx, id: str) -> Group | None:
    """A group by id, or None."""
    row = tx.one(sa.select(groups).where(groups.c.id == id))
    return None if row is None else from_row(row)


def get(tx: Tx, id: str) -> Group:
    """A group by id. Raises NotFound."""
    found = find(tx, id)
    if found is None:
        raise NotFound(f"Could not find group: {id}.")
    return found


def find_by_name(tx: Tx, name: str, domain_id: str) -> Group | None:
    """A group of a domain by name, or None."""
    row = tx.one(sa.select(groups).where(groups.c.name == name, groups.c.domain_id == domain_id))
    return None if row is None else from_row(row)


def search(tx: Tx, listing: Listing, member: str | None = None) -> list[Group]:
    """The groups that a list request means, of one member where one is given. Raises NotFound for a marker that is none."""
    if listing.marker is not None and find(tx, listing.marker) is None:
        raise NotFound(f"Marker {listing.marker} could not be found.")
    statement = listed(groups, listing)
    if member is not None:
        statement = statement.where(groups.c.id.in_(of_user(member)))
    return [from_row(row) for row in tx.all(statement)]


def of_user(user_id: str) -> sa.Select[Any]:
    """The ids of a user's groups, as a query to compare with."""
    return sa.select(memberships.c.group_id).where(memberships.c.user_id == user_id)


def members(tx: Tx, group_id: str, listing: Listing) -> list[User]:
    """The users of a group that a list request means."""
    inside = sa.select(memberships.c.user_id).where(memberships.c.group_id == group_id)
    return [user_from_row(row) for row in tx.all(listed(users, listing).where(users.c.id.in_(inside)))]


def members_of_all(tx: Tx) -> dict[str, list[str]]:
    """The ids of every group's users."""
    found: dict[str, list[str]] = {}
    for row in tx.all(sa.select(memberships).order_by(memberships.c.user_id)):
        found.setdefault(row.group_id, []).append(row.user_id)
    return found


def has(tx: Tx, group_id: str, user_id: str) -> bool:
    """Whether the user is in the group."""
    where = (memberships.c.group_id == group_id, memberships.c.user_id == user_id)
    return tx.one(sa.select(memberships.c.user_id).where(*where)) is not None


def add(tx: Tx, group: Group) -> None:
    """Keep a new group."""
    tx.insert(groups, **{column.name: getattr(group, column.name) for column in groups.columns})


def change(tx: Tx, id: str, **values: Any) -> None:
    """Change columns of a group."""
    tx.update(groups, {"id": id}, **values)


def remove(tx: Tx, id: str) -> None:
    """Forget a group and who was in it."""
    tx.delete(memberships, group_id=id)
    tx.delete(groups, id=id)


def join(tx: Tx, group_id: str, user_id: str) -> None:
    """Put a user into a group; nothing when they are in it."""
    if not has(tx, group_id, user_id):
        tx.insert(memberships, group_id=group_id, user_id=user_id)


def leave(tx: Tx, group_id: str, user_id: str) -> bool:
    """Take a user out of a group; False when they were not in it."""
    return tx.delete(memberships, group_id=group_id, user_id=user_id) > 0


def leave_all(tx: Tx, user_id: str) -> None:
    """Take a user out of every group."""
    tx.delete(memberships, user_id=user_id)
